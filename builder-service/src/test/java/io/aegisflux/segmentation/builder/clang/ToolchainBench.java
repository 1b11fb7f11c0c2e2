package io.aegisflux.segmentation.builder.clang;

import io.aegisflux.segmentation.builder.domain.Architecture;
import io.aegisflux.segmentation.builder.domain.BuildFailedException;
import io.aegisflux.segmentation.builder.domain.BuildInputs;
import io.aegisflux.segmentation.builder.domain.ProgramSet;
import io.aegisflux.segmentation.builder.domain.Selection;
import io.aegisflux.segmentation.builder.domain.Variant;
import io.aegisflux.segmentation.builder.sandbox.BpfGround;
import io.aegisflux.segmentation.builder.sandbox.Sandbox;
import io.aegisflux.segmentation.builder.sandbox.Sandboxes;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The machine's toolchain over the repository's sources, or over a main file of the test's own. */
public final class ToolchainBench {
    static final Path OWN_BTF = Path.of("/sys/kernel/btf/vmlinux");

    /** What a program file needs around its programs. */
    static final String FRAME = """
            #include "vmlinux.h"
            #include <bpf/bpf_helpers.h>
            char LICENSE[] SEC("license") = "GPL";
            """;

    final Path directory;
    private final Path hosts;

    public ToolchainBench(Path directory) {
        this.directory = directory;
        this.hosts = directory.resolve("hosts");
        try {
            Files.createDirectories(hosts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Selection selection(Architecture architecture) {
        return new Selection(ProgramSet.DATAPATH, Variant.DEFAULT, architecture);
    }

    /** The repository's programs for this machine's architecture. */
    public Compiled compileDatapath() throws BuildFailedException, InterruptedException {
        return compile(Sandboxes.withNamespaces(builds()), Repository.root().resolve("bpf"), Architecture.X86_64);
    }

    /** A main file of the test's own, behind {@link #FRAME}. */
    Compiled compile(String programs) throws BuildFailedException, InterruptedException {
        return compile(Sandboxes.withNamespaces(builds()), programs);
    }

    Compiled compile(Sandbox sandbox, String programs) throws BuildFailedException, InterruptedException {
        return compile(sandbox, folderWith(FRAME + programs), Architecture.X86_64);
    }

    Compiled compile(Sandbox sandbox, Path sources, Architecture architecture)
            throws BuildFailedException, InterruptedException {
        ToolFinder finder = new ToolFinder(Map.of(), System.getenv("PATH"));
        Materials materials = materials(sandbox, sources, finder);
        BuildInputs inputs = materials.inputs(selection(architecture));
        TrialLoad trial = new TrialLoad(new BpfGround(sandbox), finder);
        return new Compiler(materials, finder, sandbox, trial).compile(inputs);
    }

    private Materials materials(Sandbox sandbox, Path sources, ToolFinder finder) {
        return new Materials(
                new SourceFiles(Optional.of(sources), Path.of("/usr/include/bpf")),
                new ToolVersions(finder, sandbox),
                OWN_BTF,
                new HostBtfFolder(Optional.of(hosts)));
    }

    Path builds() {
        return directory.resolve("builds");
    }

    /** Supplies the BTF of a kernel. */
    void supply(String release, byte[] btf) {
        try {
            Files.write(hosts.resolve(release + ".btf"), btf);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path folderWith(String main) {
        try {
            Path sources = Files.createDirectories(directory.resolve("sources"));
            Files.writeString(sources.resolve("datapath.bpf.c"), main);
            return sources;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
