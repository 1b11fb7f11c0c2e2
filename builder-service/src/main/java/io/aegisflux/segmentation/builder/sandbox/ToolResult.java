package io.aegisflux.segmentation.builder.sandbox;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Quoted;
import java.time.Duration;

/**
 * How a tool ended.
 *
 * @param status 0 for success; 129 to 192 for the signal that killed it, plus 128
 * @param words what it wrote, output and errors together, shortened in the middle
 */
public record ToolResult(String name, int status, String words, Duration patience) {
    private static final int LINE = 200;
    private static final int SIGNALLED = 128;
    private static final int KILLED = SIGNALLED + 9;
    private static final int LAST_SIGNAL = SIGNALLED + 64;

    public ToolResult {
        requireNonNull(name, "name is null");
        requireNonNull(words, "words is null");
    }

    public boolean isFailure() {
        return status != 0;
    }

    /** Its words in one short line. */
    public String line() {
        return Quoted.cleaned(words.strip().replaceAll("\\s*\n\\s*", "; "), LINE);
    }

    /** One sentence about a failure. */
    public String reason() {
        if (status == KILLED) {
            return "%s was killed: it took more than %d s, or more of the processor than it may"
                    .formatted(name, patience.toSeconds());
        }
        return status > SIGNALLED && status <= LAST_SIGNAL
                ? "%s was ended by signal %d".formatted(name, status - SIGNALLED)
                : "%s ended with status %d".formatted(name, status);
    }
}
