package io.aegisflux.segmentation.builder.clang;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.builder.sandbox.Sandbox;
import io.aegisflux.segmentation.builder.sandbox.ToolCommand;
import io.aegisflux.segmentation.builder.sandbox.ToolResult;
import io.aegisflux.segmentation.builder.sandbox.WorkDirectory;
import io.aegisflux.segmentation.contracts.Quoted;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The version lines of the tools; a tool is asked once, and again when its file has changed. */
public final class ToolVersions {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final int LINE = 200;

    /** "Debian clang version 14.0.6", "bpftool v7.1.0"; llvm-strip says something else first. */
    private static final Pattern VERSION_LINE = Pattern.compile(".*\\b(version |v)[0-9].*");

    private final ToolFinder finder;
    private final Sandbox sandbox;
    private final Map<ToolName, Known> known = new EnumMap<>(ToolName.class);

    /**
     * What a tool answered.
     *
     * @param trouble why there is no line, empty when there is one
     * @param askedAt by the clock of {@link System#nanoTime()}
     */
    private record Known(FileStamp stamp, String line, String trouble, long askedAt) {
        boolean holdsFor(FileStamp now) {
            return stamp.equals(now) && (trouble.isEmpty() || System.nanoTime() - askedAt < RETRY.toNanos());
        }
    }

    public ToolVersions(ToolFinder finder, Sandbox sandbox) {
        this.finder = requireNonNull(finder, "finder is null");
        this.sandbox = requireNonNull(sandbox, "sandbox is null");
    }

    /**
     * The line.
     *
     * @throws ToolMissingException when the tool is not there, or does not run
     */
    public synchronized String of(ToolName tool) throws ToolMissingException {
        Path path = finder.find(tool);
        Known last = known.get(tool);
        try {
            FileStamp stamp = FileStamp.of(path);
            if (last == null || !last.holdsFor(stamp)) {
                last = ask(tool, path, stamp);
                known.put(tool, last);
            }
        } catch (IOException e) {
            throw new ToolMissingException("%s cannot be run: %s".formatted(path, e.getMessage()));
        }
        if (!last.trouble().isEmpty()) {
            throw new ToolMissingException(last.trouble());
        }
        return last.line();
    }

    private Known ask(ToolName tool, Path path, FileStamp stamp) throws IOException {
        try (WorkDirectory directory = sandbox.open()) {
            ToolResult result = sandbox.run(
                    new ToolCommand(tool.word(), path, List.of(tool.versionArgument()), null, PATIENCE), directory);
            return result.words()
                    .lines()
                    .map(String::strip)
                    .filter(line ->
                            !result.isFailure() && VERSION_LINE.matcher(line).matches())
                    .findFirst()
                    .map(line -> new Known(stamp, Quoted.cleaned(line, LINE), "", System.nanoTime()))
                    .orElseGet(() -> new Known(stamp, "", trouble(tool, path, result), System.nanoTime()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String trouble(ToolName tool, Path path, ToolResult result) {
        return "%s does not tell its version (%s%s): name a working one in %s"
                .formatted(path, result.isFailure() ? result.reason() + ": " : "", result.line(), tool.variable());
    }
}
