package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.harness.Command;
import io.aegisflux.segmentation.harness.Directories;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** The object of bpf/datapath.bpf.c, compiled once for all tests by the clang of this machine. */
final class CompiledObject {
    private static byte[] compiled;

    private CompiledObject() {}

    static synchronized byte[] bytes() {
        if (compiled == null) {
            compiled = compile("", "");
        }
        return compiled;
    }

    static String digest() {
        return Digests.sha256Hex(bytes());
    }

    /** As {@link #bytes()}, after one text of a source was replaced by another. */
    static byte[] with(String text, String replacement) {
        return compile(text, replacement);
    }

    /** A source of one's own, which may include the headers of bpf/. */
    static byte[] ofSource(String source) {
        return compile(directory -> {
            copySources(directory, "", "");
            Files.writeString(directory.resolve("datapath.bpf.c"), source);
        });
    }

    private static byte[] compile(String text, String replacement) {
        return compile(directory -> copySources(directory, text, replacement));
    }

    private interface Sources {
        void write(Path directory) throws IOException;
    }

    private static byte[] compile(Sources sources) {
        try {
            Path directory = Files.createTempDirectory("segmentation-bpf-");
            try {
                sources.write(directory);
                Files.writeString(
                        directory.resolve("vmlinux.h"),
                        Command.run("bpftool", "btf", "dump", "file", "/sys/kernel/btf/vmlinux", "format", "c"));
                Path object = directory.resolve("datapath.bpf.o");
                Command.run(
                        "clang",
                        "-O2",
                        "-g",
                        "-target",
                        "bpf",
                        "-D__TARGET_ARCH_x86",
                        "-I" + directory,
                        "-c",
                        directory.resolve("datapath.bpf.c").toString(),
                        "-o",
                        object.toString());
                Command.run("llvm-strip", "-g", object.toString());
                return Files.readAllBytes(object);
            } finally {
                Directories.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the programs cannot be compiled", e);
        }
    }

    private static void copySources(Path directory, String text, String replacement) throws IOException {
        boolean replaced = text.isEmpty();
        try (Stream<Path> sources = Files.list(Repository.root().resolve("bpf"))) {
            for (Path source : sources.toList()) {
                Path copy = directory.resolve(source.getFileName());
                Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
                String code = Files.readString(copy);
                if (!text.isEmpty() && code.contains(text)) {
                    Files.writeString(copy, code.replace(text, replacement));
                    replaced = true;
                }
            }
        }
        if (!replaced) {
            throw new IllegalArgumentException("no source has the text " + text);
        }
    }
}
