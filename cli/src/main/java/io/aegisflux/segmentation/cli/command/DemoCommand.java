package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.FleetBus;
import io.aegisflux.segmentation.cli.bus.HostWatch;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.command.FleetStatus.HostState;
import io.aegisflux.segmentation.cli.demo.Explained;
import io.aegisflux.segmentation.cli.demo.Playground;
import io.aegisflux.segmentation.cli.demo.Scene;
import io.aegisflux.segmentation.cli.demo.Story;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyApi;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One policy comes and goes, step by step. */
@Command(
        name = "demo",
        description = {
            "Show in five steps what a policy does: before it, its publish, the same connections again, why, and its deletion.",
            "Where './dev up' runs on this machine, root sees real connections between its workloads. Elsewhere the policy is"
                    + " in audit mode, for one host and for addresses that nobody has, so that nothing can be cut off, and"
                    + " policy-service works out what it does.",
            "It touches the policy segctl-demo alone, which it deletes however it ends, Ctrl-C included; what a killed demo"
                    + " has left is deleted by the next one, and ended by hosts within the hour. One demo at a time."
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit codes beside those of segctl:%n",
        exitCodeList = {"  3:a step did not hold", "  5:there is a policy segctl-demo that no demo has made"},
        footerHeading = "%nExamples:%n",
        footer = {"  segctl demo", "  segctl demo --pause", "  segctl demo --host db-1"})
final class DemoCommand implements Callable<Integer> {
    private final RootCommand root;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            converter = HostIdText.class,
            description = "Show it on this host, without real connections.")
    private HostId host;

    @Option(names = "--pause", description = "Wait for Enter between the steps.")
    private boolean pause;

    @Option(names = "--keep", description = "Leave the policy when every step held; hosts end it within the hour.")
    private boolean keep;

    DemoCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Output output = root.output();
        if (output.isJson()) {
            throw Failure.usage("the demo is for people", "leave -o out; 'segctl explain -o json' is for programs");
        }
        try (BusClient bus = root.connect()) {
            PolicyBus policies = new PolicyBus(bus);
            Scene scene = host == null ? scene(bus, policies) : new Explained(host, policies, "--host is given");
            new Story(
                            scene,
                            policies,
                            root.publisher().orElse(null),
                            new HostWatch(bus, scene.host()),
                            output,
                            this::pause)
                    .tell(keep);
        }
        output.line("");
        output.line("Next:");
        output.line("  segctl policy apply -f examples/web-db.json   publishes a policy: docs/policy-language.md");
        output.line("  segctl events -f                              what hosts decide, as they do");
        output.line(
                "  segctl plan -f examples/web-db.json           whom a policy would cut off, before it is published");
        return ExitCode.OK;
    }

    private Scene scene(BusClient bus, PolicyBus policies) {
        return Playground.find(policies.workloads())
                .<Scene>map(playground -> playground)
                .orElseGet(() -> new Explained(
                        someHost(bus, policies),
                        policies,
                        "no network namespace that this user may enter has the workloads of './dev up'"));
    }

    /** The first that is in step: it can acknowledge. */
    private HostId someHost(BusClient bus, PolicyBus policies) {
        PolicyApi.HostsReply desired = policies.hosts();
        List<HostId> known =
                desired.hosts().stream().map(PolicyApi.HostSummary::hostId).toList();
        return FleetStatus.hosts(
                        desired,
                        new FleetBus(bus).lastReports(known),
                        root.output().now())
                .stream()
                .filter(each -> each.state() == HostState.IN_STEP)
                .map(FleetStatus.Host::hostId)
                .findFirst()
                .orElseThrow(() -> Failure.incomplete(
                        "of %d hosts none is in step: nobody could acknowledge a policy".formatted(known.size()),
                        "'segctl status' says how each stands; './dev up' starts two"));
    }

    private void pause() {
        if (!pause) {
            return;
        }
        root.output().notice("Enter goes on …");
        try {
            InputStream in = root.stdio().in();
            int read = in.read();
            while (read >= 0 && read != '\n') {
                read = in.read();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read from stdin", e);
        }
    }
}
