package io.aegisflux.segmentation.builder.clang;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.builder.domain.BuildFailedException;
import io.aegisflux.segmentation.builder.domain.BuildInputs;
import io.aegisflux.segmentation.builder.domain.BuildStage;
import io.aegisflux.segmentation.builder.domain.Sources;
import io.aegisflux.segmentation.builder.sandbox.WorkDirectory;
import java.io.IOException;
import java.util.List;

/** The types of a kernel as C, made of its BTF; the last one is kept, for it takes a quarter of a build to make. */
final class VmlinuxHeader {
    private static final String BTF = "vmlinux.btf";
    private static final long MAX_BYTES = 64L << 20;

    private final Materials materials;
    private final ToolSteps steps;
    private Key madeOf;
    private byte[] header;

    /** What decides its text. */
    private record Key(String btfDigest, String bpftool) {}

    VmlinuxHeader(Materials materials, ToolSteps steps) {
        this.materials = requireNonNull(materials, "materials is null");
        this.steps = requireNonNull(steps, "steps is null");
    }

    /** Its text, never to be written to. */
    synchronized byte[] of(BuildInputs inputs) throws BuildFailedException, InterruptedException {
        Key wanted = new Key(inputs.btfDigest(), inputs.tools().get(ToolName.BPFTOOL.word()));
        if (!wanted.equals(madeOf)) {
            header = make(inputs);
            madeOf = wanted;
        }
        return header;
    }

    private byte[] make(BuildInputs inputs) throws BuildFailedException, InterruptedException {
        try (WorkDirectory directory = steps.open()) {
            directory.write(BTF, materials.btf(inputs));
            List<String> dump = List.of("btf", "dump", "file", BTF, "format", "c");
            steps.run(directory, BuildStage.VMLINUX, ToolName.BPFTOOL, Sources.GENERATED, dump);
            return steps.made(directory, BuildStage.VMLINUX, Sources.GENERATED, MAX_BYTES);
        } catch (IOException e) {
            throw new BuildFailedException(BuildStage.VMLINUX, e.getMessage());
        }
    }
}
