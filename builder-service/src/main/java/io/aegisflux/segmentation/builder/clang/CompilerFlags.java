package io.aegisflux.segmentation.builder.clang;

import io.aegisflux.segmentation.builder.domain.Selection;
import io.aegisflux.segmentation.builder.sandbox.ToolCommand;
import java.util.ArrayList;
import java.util.List;

/** How clang is called; part of a build's inputs. */
final class CompilerFlags {
    /** The folder of libbpf's headers in the working directory; no other folder of headers is searched. */
    static final String HEADERS = "include";

    static final String OBJECT = "object.o";

    private static final List<String> FIXED = List.of(
            "-target",
            "bpf",
            "-O2",
            "-g",
            "-std=gnu17",
            "-Wall",
            "-nostdinc",
            "-isystem",
            HEADERS,
            "-ffile-prefix-map=" + ToolCommand.HERE + "=.", // else the object tells in which folder it was made
            "-fno-crash-diagnostics"); // else a crash leaves a copy of the sources in /tmp

    private CompilerFlags() {}

    static List<String> of(Selection selection) {
        List<String> flags = new ArrayList<>(FIXED);
        flags.addAll(List.of(
                "-D" + selection.architecture().macro(),
                "-c",
                selection.programSet().mainFile(),
                "-o",
                OBJECT));
        return flags;
    }
}
