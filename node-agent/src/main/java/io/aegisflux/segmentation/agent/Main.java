package io.aegisflux.segmentation.agent;

import io.aegisflux.segmentation.agent.config.AgentConfig;
import io.aegisflux.segmentation.agent.config.Environment;
import io.aegisflux.segmentation.agent.config.InvalidSettingException;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;

/**
 * {@code run} (also without a word): the agent. {@code purge}: takes everything off this host. What is enforced is taken
 * over before Quarkus starts, for it needs neither HTTP nor a bus and should not wait for them.
 */
@QuarkusMain
public final class Main {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int BAD_CONFIGURATION = 78; // EX_CONFIG of sysexits.h

    private static volatile Agent agent;

    private Main() {}

    public static void main(String... args) {
        String command = args.length > 0
                ? args[0]
                : Optional.ofNullable(System.getenv("AGENT_COMMAND"))
                        .filter(word -> !word.isBlank())
                        .orElse("run");
        try {
            AgentConfig config = new Environment(System::getenv).agent();
            switch (command) {
                case "run" -> run(config, args);
                case "purge" -> purge(config);
                default -> end(USAGE, "no command \"%s\": write run or purge".formatted(command));
            }
        } catch (InvalidSettingException e) {
            end(BAD_CONFIGURATION, e.getMessage());
        }
    }

    /** The agent of this process. */
    static Agent agent() {
        if (agent == null) {
            throw new IllegalStateException("the agent is started by its main method alone");
        }
        return agent;
    }

    private static void run(AgentConfig config, String... args) {
        agent = new Agent(
                config.requireRunnable(),
                HostKernel.datapath(config),
                HostKernel.probe(),
                HostKernel.network(config),
                Clock.systemUTC());
        agent.restore(ProcessStart.millis());
        Quarkus.run(args);
    }

    private static void purge(AgentConfig config) {
        try {
            Purge.of(config).run();
        } catch (IOException e) {
            end(FAILED, "not everything is removed: " + e.getMessage());
        }
    }

    private static void end(int code, String line) {
        System.err.println("node-agent: " + line);
        System.exit(code);
    }
}
