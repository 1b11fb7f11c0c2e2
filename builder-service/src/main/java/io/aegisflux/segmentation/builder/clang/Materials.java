package io.aegisflux.segmentation.builder.clang;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.builder.domain.BuildFailedException;
import io.aegisflux.segmentation.builder.domain.BuildInputs;
import io.aegisflux.segmentation.builder.domain.BuildStage;
import io.aegisflux.segmentation.builder.domain.ProgramSet;
import io.aegisflux.segmentation.builder.domain.Selection;
import io.aegisflux.segmentation.builder.domain.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What builds are made of on this machine: sources, headers, tools, BTF. */
public final class Materials {
    private final SourceFiles sources;
    private final ToolVersions versions;
    private final DigestedFile btf;
    private final HostBtfFolder hostBtf;
    private final Map<ProgramSet, Sources> lastRead = new ConcurrentHashMap<>();

    /**
     * @param btf BTF_PATH
     */
    public Materials(SourceFiles sources, ToolVersions versions, Path btf, HostBtfFolder hostBtf) {
        this.sources = requireNonNull(sources, "sources is null");
        this.versions = requireNonNull(versions, "versions is null");
        this.btf = new DigestedFile(btf);
        this.hostBtf = requireNonNull(hostBtf, "hostBtf is null");
    }

    /**
     * All inputs of a build, as they are now.
     *
     * @throws BuildFailedException when one is missing, at the stage that needs it
     */
    public BuildInputs inputs(Selection selection) throws BuildFailedException {
        Sources read = read(selection.programSet());
        return new BuildInputs(
                selection,
                read.own(),
                read.headers(),
                CompilerFlags.of(selection),
                tools(),
                btfDigest(),
                hostBtfDigests());
    }

    /** What is missing to build anything, with the remedy. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (ToolName tool : ToolName.values()) {
            try {
                versions.of(tool);
            } catch (ToolMissingException e) {
                problems.add(e.getMessage());
            }
        }
        try {
            btfDigest();
        } catch (BuildFailedException e) {
            problems.add(e.getMessage());
        }
        for (ProgramSet programSet : ProgramSet.values()) {
            try {
                read(programSet);
            } catch (BuildFailedException e) {
                problems.add(e.getMessage());
            }
        }
        return problems;
    }

    /** The BTF that inputs name. */
    byte[] btf(BuildInputs inputs) throws IOException {
        return btf.content(inputs.btfDigest());
    }

    /** The BTF of a host that inputs name. */
    byte[] hostBtf(BuildInputs inputs, String release) throws IOException {
        DigestedFile file = hostBtf.look().byRelease().get(release);
        if (file == null) {
            throw new IOException("the BTF of %s is gone".formatted(release));
        }
        return file.content(inputs.hostBtf().get(release));
    }

    /** Files are read each time; what they include is looked for again only when one has changed. */
    private Sources read(ProgramSet programSet) throws BuildFailedException {
        try {
            Sources last = lastRead.get(programSet);
            if (last == null || !last.areStillWhat(sources)) {
                last = Sources.reachedFrom(programSet.mainFile(), sources);
                lastRead.put(programSet, last);
            }
            return last;
        } catch (UncheckedIOException e) {
            throw new BuildFailedException(BuildStage.COMPILE, e.getMessage());
        }
    }

    private SortedMap<String, String> tools() throws BuildFailedException {
        SortedMap<String, String> lines = new TreeMap<>();
        for (ToolName tool : ToolName.values()) {
            try {
                lines.put(tool.word(), versions.of(tool));
            } catch (ToolMissingException e) {
                throw new BuildFailedException(tool.stage(), e.getMessage());
            }
        }
        return lines;
    }

    private String btfDigest() throws BuildFailedException {
        try {
            return btf.digest();
        } catch (IOException e) {
            throw new BuildFailedException(
                    BuildStage.VMLINUX,
                    "BTF_PATH is %s, which cannot be read (%s): name the BTF of a kernel there"
                            .formatted(btf.path(), e.getMessage()));
        }
    }

    private SortedMap<String, String> hostBtfDigests() throws BuildFailedException {
        SortedMap<String, String> digests = new TreeMap<>();
        for (Map.Entry<String, DigestedFile> host : hostBtf.look().byRelease().entrySet()) {
            try {
                digests.put(host.getKey(), host.getValue().digest());
            } catch (IOException e) {
                throw new BuildFailedException(
                        BuildStage.VMLINUX,
                        "the BTF of %s cannot be read: %s".formatted(host.getKey(), e.getMessage()));
            }
        }
        return digests;
    }
}
