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
import io.aegisflux.segmentation.builder.sandbox.ToolCommand;
import io.aegisflux.segmentation.builder.sandbox.ToolResult;
import io.aegisflux.segmentation.builder.sandbox.WorkDirectory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes an object of a build's inputs: BTF to vmlinux.h, clang, llvm-strip, checks, minimised BTF for hosts. */
public final class Compiler {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String BTF = "vmlinux.btf";
    private static final String STRIPPED = "stripped.o";
    private static final long MAX_MINIMISED_BYTES = 8L << 20;

    private final Materials materials;
    private final ToolFinder tools;
    private final Sandbox sandbox;
    private final TrialLoad trial;

    public Compiler(Materials materials, ToolFinder tools, Sandbox sandbox, TrialLoad trial) {
        this.materials = requireNonNull(materials, "materials is null");
        this.tools = requireNonNull(tools, "tools is null");
        this.sandbox = requireNonNull(sandbox, "sandbox is null");
        this.trial = requireNonNull(trial, "trial is null");
    }

    /**
     * Compiles, whether or not the same inputs were compiled before.
     *
     * @throws BuildFailedException with the stage that failed and the tool's words
     */
    public Compiled compile(BuildInputs inputs) throws BuildFailedException, InterruptedException {
        try (WorkDirectory directory = sandbox.open()) {
            lay(inputs, directory);
            run(
                    directory,
                    BuildStage.VMLINUX,
                    ToolName.BPFTOOL,
                    Sources.GENERATED,
                    "btf",
                    "dump",
                    "file",
                    BTF,
                    "format",
                    "c");
            run(
                    directory,
                    BuildStage.COMPILE,
                    ToolName.CLANG,
                    null,
                    inputs.flags().toArray(String[]::new));
            run(directory, BuildStage.STRIP, ToolName.LLVM_STRIP, null, "-g", "-o", STRIPPED, CompilerFlags.OBJECT);
            byte[] object = read(directory, STRIPPED, ObjectRules.MAX_OBJECT_BYTES, BuildStage.STRIP);
            BpfObject held = check(inputs, object);
            trial.require(inputs, object, directory);
            return new Compiled(object, held.programs(), ObjectRules.maps(held), minimise(inputs, directory));
        } catch (IOException e) {
            throw new BuildFailedException(BuildStage.COMPILE, "the working directory fails: " + e.getMessage());
        }
    }

    private void lay(BuildInputs inputs, WorkDirectory directory) throws IOException, BuildFailedException {
        for (Map.Entry<String, byte[]> file : inputs.sources().files().entrySet()) {
            directory.write(file.getKey(), file.getValue());
        }
        for (Map.Entry<String, byte[]> file : inputs.headers().files().entrySet()) {
            directory.write(CompilerFlags.HEADERS + "/" + file.getKey(), file.getValue());
        }
        try {
            directory.write(BTF, materials.btf(inputs));
        } catch (IOException e) {
            throw new BuildFailedException(BuildStage.VMLINUX, e.getMessage());
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
            try {
                run(
                        directory,
                        BuildStage.VMLINUX,
                        ToolName.BPFTOOL,
                        null,
                        "gen",
                        "min_core_btf",
                        whole,
                        needed,
                        STRIPPED);
            } catch (BuildFailedException e) {
                String reason = "the BTF of %s: %s".formatted(release, e.getMessage());
                throw new BuildFailedException(e.stage(), reason, e.output().orElse(null));
            }
            minimised.put(release, read(directory, needed, MAX_MINIMISED_BYTES, BuildStage.VMLINUX));
        }
        return minimised;
    }

    private void run(WorkDirectory directory, BuildStage stage, ToolName tool, String outputFile, String... arguments)
            throws IOException, BuildFailedException, InterruptedException {
        ToolResult result;
        try {
            result = sandbox.run(
                    new ToolCommand(tool.word(), tools.find(tool), List.of(arguments), outputFile, PATIENCE),
                    directory);
        } catch (ToolMissingException e) {
            throw new BuildFailedException(stage, e.getMessage());
        }
        if (result.isFailure()) {
            throw new BuildFailedException(stage, result.reason(), result.words());
        }
    }

    private static byte[] read(WorkDirectory directory, String name, long limit, BuildStage stage)
            throws BuildFailedException {
        try {
            return directory.read(name, limit);
        } catch (IOException e) {
            throw new BuildFailedException(stage, e.getMessage());
        }
    }
}
