package io.aegisflux.segmentation.builder.clang;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.builder.domain.BuildFailedException;
import io.aegisflux.segmentation.builder.domain.BuildStage;
import io.aegisflux.segmentation.builder.sandbox.Sandbox;
import io.aegisflux.segmentation.builder.sandbox.ToolCommand;
import io.aegisflux.segmentation.builder.sandbox.ToolResult;
import io.aegisflux.segmentation.builder.sandbox.WorkDirectory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Runs tools of the toolchain as steps of a build: each succeeds, or the build ends there with the tool's words. */
final class ToolSteps {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ToolFinder tools;
    private final Sandbox sandbox;

    ToolSteps(ToolFinder tools, Sandbox sandbox) {
        this.tools = requireNonNull(tools, "tools is null");
        this.sandbox = requireNonNull(sandbox, "sandbox is null");
    }

    /** A working directory for steps, to be closed. */
    WorkDirectory open() throws IOException {
        return sandbox.open();
    }

    void run(WorkDirectory directory, BuildStage stage, ToolName tool, List<String> arguments)
            throws IOException, BuildFailedException, InterruptedException {
        run(directory, stage, tool, null, arguments);
    }

    /**
     * Runs a tool whose output becomes a file.
     *
     * @param outputFile in the working directory, null for none
     */
    void run(WorkDirectory directory, BuildStage stage, ToolName tool, String outputFile, List<String> arguments)
            throws IOException, BuildFailedException, InterruptedException {
        ToolResult result;
        try {
            result = sandbox.run(
                    new ToolCommand(tool.word(), tools.find(tool), arguments, outputFile, PATIENCE), directory);
        } catch (ToolMissingException e) {
            throw new BuildFailedException(stage, e.getMessage());
        }
        if (result.isFailure()) {
            throw new BuildFailedException(stage, result.reason(), result.words());
        }
    }

    /** What a step has made. */
    byte[] made(WorkDirectory directory, BuildStage stage, String name, long limit) throws BuildFailedException {
        try {
            return directory.read(name, limit);
        } catch (IOException e) {
            throw new BuildFailedException(stage, e.getMessage());
        }
    }
}
