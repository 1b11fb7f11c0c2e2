package io.aegisflux.segmentation.builder.sandbox;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A tool to run in a working directory.
 *
 * @param name for messages
 * @param executable an absolute path
 * @param arguments as the tool gets them; {@value #HERE} in one of them becomes the working directory as the tool sees it
 * @param outputFile a plain name in the working directory that its output goes to, errors aside; null when both are wanted
 *     as its words
 * @param patience after which it is killed
 */
public record ToolCommand(String name, Path executable, List<String> arguments, String outputFile, Duration patience) {
    public static final String HERE = "{here}";

    public ToolCommand {
        requireNonNull(name, "name is null");
        if (!executable.isAbsolute()) {
            throw new IllegalArgumentException("not an absolute path: " + executable);
        }
        arguments = List.copyOf(arguments);
        requireNonNull(patience, "patience is null");
    }

    /** The argument vector in a working directory that the tool sees as this path. */
    List<String> argumentsIn(String here) {
        return arguments.stream().map(argument -> argument.replace(HERE, here)).toList();
    }
}
