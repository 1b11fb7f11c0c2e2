package io.aegisflux.segmentation.cli;

import io.aegisflux.segmentation.cli.terminal.Stdio;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

/** A run of segctl within the test's JVM: what it ended with and what it wrote. */
public record Run(int exit, String out, String err) {
    /** The time that runs believe it is. */
    public static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    /** Prepares runs. */
    public record With(Map<String, String> environment, String stdin, boolean isTerminal, Clock clock) {
        public With environment(Map<String, String> replaced) {
            return new With(replaced, stdin, isTerminal, clock);
        }

        public With stdin(String text) {
            return new With(environment, text, isTerminal, clock);
        }

        public With terminal() {
            return new With(environment, stdin, true, clock);
        }

        public With realClock() {
            return new With(environment, stdin, isTerminal, Clock.systemUTC());
        }

        public Run segctl(String... arguments) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            int exit = Segctl.run(
                    new Stdio(
                            new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                            new PrintStream(out, true, StandardCharsets.UTF_8),
                            new PrintStream(err, true, StandardCharsets.UTF_8),
                            isTerminal,
                            isTerminal,
                            environment,
                            clock),
                    arguments);
            return new Run(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        }
    }

    public static With against(String url) {
        return new With(Map.of("NATS_URL", url), "", false, Clock.fixed(NOW, ZoneOffset.UTC));
    }
}
