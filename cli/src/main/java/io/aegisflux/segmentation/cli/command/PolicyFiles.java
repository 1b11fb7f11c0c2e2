package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What {@code -f} names: files, the {@code .json} files of directories, or stdin. */
final class PolicyFiles {
    static final String STDIN = "-";

    private PolicyFiles() {}

    /** A file's name and content. */
    @SuppressWarnings("ArrayRecordComponent")
    record Content(String name, byte[] bytes) {}

    /**
     * In the order given; within a directory by name.
     *
     * @throws Failure of the usage kind when something is not there or a directory holds no policy
     */
    static List<Content> read(List<String> names, Stdio stdio) {
        return read(names, List.of(".json"), stdio);
    }

    /**
     * As {@link #read(List, Stdio)}.
     *
     * @param endings of the names of those files of a directory that are read
     */
    static List<Content> read(List<String> names, List<String> endings, Stdio stdio) {
        List<Content> contents = new ArrayList<>();
        for (String name : names) {
            try {
                if (STDIN.equals(name)) {
                    contents.add(new Content(STDIN, stdio.in().readAllBytes()));
                } else if (Files.isDirectory(Path.of(name))) {
                    contents.addAll(ofDirectory(Path.of(name), endings));
                } else {
                    contents.add(new Content(name, Files.readAllBytes(Path.of(name))));
                }
            } catch (IOException e) {
                throw Failure.usage(
                        "cannot read %s (%s)".formatted(name, e.getClass().getSimpleName()),
                        "name a readable file, a directory with %s files, or - for stdin"
                                .formatted(String.join(", ", endings)));
            }
        }
        return contents;
    }

    private static List<Content> ofDirectory(Path directory, List<String> endings) throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(directory)) {
            files = entries.filter(file -> endings.stream().anyMatch(file.toString()::endsWith))
                    .sorted()
                    .toList();
        }
        if (files.isEmpty()) {
            throw Failure.usage(
                    "%s holds no %s file".formatted(directory, String.join(", ", endings)),
                    "name a directory with policies");
        }
        List<Content> contents = new ArrayList<>();
        for (Path file : files) {
            contents.add(new Content(file.toString(), Files.readAllBytes(file)));
        }
        return contents;
    }
}
