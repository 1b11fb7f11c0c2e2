package io.aegisflux.segmentation.builder.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The commands that confine a tool: of coreutils and util-linux, where a distribution puts them, whatever PATH says. */
enum SystemCommand {
    TIMEOUT,
    PRLIMIT,
    SETPRIV,
    UNSHARE,
    SH;

    /** All that a tool sees of its environment. */
    static final String PATH = "/usr/bin:/usr/sbin:/bin:/sbin";

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    Optional<Path> find() {
        return Stream.of(PATH.split(":"))
                .map(folder -> Path.of(folder, word()))
                .filter(Files::isExecutable)
                .findFirst();
    }

    String path() throws IOException {
        return find().orElseThrow(() -> new IOException(word() + " is missing")).toString();
    }

    /** Those that are not there, as problems with their remedy. */
    static List<String> missing() {
        return Stream.of(values())
                .filter(command -> command.find().isEmpty())
                .map(command -> "%s is missing, no tool is run without it: install coreutils and util-linux"
                        .formatted(command.word()))
                .toList();
    }
}
