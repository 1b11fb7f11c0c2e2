package io.aegisflux.segmentation.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs a short command to its end; an argument vector, never a shell. */
public final class Command {
    private Command() {}

    /**
     * What it wrote, output and errors together.
     *
     * @throws IllegalStateException when it ends with something else than 0, with its words
     */
    public static String run(String... command) {
        return run(List.of(command));
    }

    /** As {@link #run(String...)}. */
    public static String run(List<String> command) {
        Outcome outcome = attempt(command);
        if (outcome.status() != 0) {
            throw new IllegalStateException("%s ended with %d: %s"
                    .formatted(
                            String.join(" ", command),
                            outcome.status(),
                            outcome.output().strip()));
        }
        return outcome.output();
    }

    /** As {@link #run(String...)}, but any end is fine. */
    public static Outcome attempt(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command.getFirst(), e);
        }
    }

    /** How a command ended. */
    public record Outcome(int status, String output) {}
}
