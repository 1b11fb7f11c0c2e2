package io.aegisflux.segmentation.builder.clang;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.builder.domain.BpfObject;
import io.aegisflux.segmentation.builder.domain.BuildFailedException;
import io.aegisflux.segmentation.builder.domain.BuildInputs;
import io.aegisflux.segmentation.builder.domain.BuildStage;
import io.aegisflux.segmentation.builder.domain.ObjectRules;
import io.aegisflux.segmentation.builder.domain.Sources;
import io.aegisflux.segmentation.builder.elf.MalformedObjectException;
import io.aegisflux.segmentation.builder.elf.ObjectReader;
import io.aegisflux.segmentation.builder.sandbox.Sandbox;
import io.aegisflux.segmentation.builder.sandbox.WorkDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes an object of a build's inputs: vmlinux.h, clang, llvm-strip, checks, minimised BTF for hosts. */
public final class Compiler {
    private static final String STRIPPED = "stripped.o";
    private static final long MAX_MINIMISED_BYTES = 8L << 20;

    private final Materials materials;
    private final ToolSteps steps;
    private final VmlinuxHeader vmlinux;
    private final TrialLoad trial;

    public Compiler(Materials materials, ToolFinder tools, Sandbox sandbox, TrialLoad trial) {
        this.materials = requireNonNull(materials, "materials is null");
        this.steps = new ToolSteps(tools, sandbox);
        this.vmlinux = new VmlinuxHeader(materials, steps);
        this.trial = requireNonNull(trial, "trial is null");
    }

    /** Makes what builds of these inputs and of others have in common, so that the first one is not the slowest. */
    public void prepare(BuildInputs inputs) throws BuildFailedException, InterruptedException {
        vmlinux.of(inputs);
    }

    /**
     * Compiles, whether or not the same inputs were compiled before.
     *
     * @throws BuildFailedException with the stage that failed and the tool's words
     */
    public Compiled compile(BuildInputs inputs) throws BuildFailedException, InterruptedException {
        byte[] types = vmlinux.of(inputs);
        List<String> strip = List.of("-g", "-o", STRIPPED, CompilerFlags.OBJECT);
        try (WorkDirectory directory = steps.open()) {
            directory.write(Sources.GENERATED, types);
            lay(inputs, directory);
            steps.run(directory, BuildStage.COMPILE, ToolName.CLANG, inputs.flags());
            steps.run(directory, BuildStage.STRIP, ToolName.LLVM_STRIP, strip);
            byte[] object = steps.made(directory, BuildStage.STRIP, STRIPPED, ObjectRules.MAX_OBJECT_BYTES);
            BpfObject held = check(inputs, object);
            trial.require(inputs, object, directory);
            return new Compiled(object, held.programs(), ObjectRules.maps(held), minimise(inputs, directory));
        } catch (IOException e) {
            throw new BuildFailedException(BuildStage.COMPILE, "the working directory fails: " + e.getMessage());
        }
    }

    private static void lay(BuildInputs inputs, WorkDirectory directory) throws IOException {
        for (Map.Entry<String, byte[]> file : inputs.sources().files().entrySet()) {
            directory.write(file.getKey(), file.getValue());
        }
        for (Map.Entry<String, byte[]> file : inputs.headers().files().entrySet()) {
            directory.write(CompilerFlags.HEADERS + "/" + file.getKey(), file.getValue());
        }
    }

    private static BpfObject check(BuildInputs inputs, byte[] object) throws BuildFailedException {
        try {
            BpfObject held = ObjectReader.read(object);
            ObjectRules.require(held, inputs.selection().programSet());
            return held;
        } catch (MalformedObjectException e) {
            throw new BuildFailedException(BuildStage.CHECK, "the object cannot be read: " + e.getMessage());
        }
    }

    /** Files are numbered, so that no kernel's name becomes part of a path. */
    private SortedMap<String, byte[]> minimise(BuildInputs inputs, WorkDirectory directory)
            throws IOException, BuildFailedException, InterruptedException {
        SortedMap<String, byte[]> minimised = new TreeMap<>();
        int number = 0;
        for (String release : inputs.hostBtf().keySet()) {
            String whole = "host-%d.btf".formatted(number);
            String needed = "host-%d.min.btf".formatted(number++);
            directory.write(whole, materials.hostBtf(inputs, release));
            List<String> minimise = List.of("gen", "min_core_btf", whole, needed, STRIPPED);
            try {
                steps.run(directory, BuildStage.VMLINUX, ToolName.BPFTOOL, minimise);
            } catch (BuildFailedException e) {
                String reason = "the BTF of %s: %s".formatted(release, e.getMessage());
                throw new BuildFailedException(e.stage(), reason, e.output().orElse(null));
            }
            minimised.put(release, steps.made(directory, BuildStage.VMLINUX, needed, MAX_MINIMISED_BYTES));
        }
        return minimised;
    }
}
