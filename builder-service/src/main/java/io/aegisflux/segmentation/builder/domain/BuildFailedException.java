package io.aegisflux.segmentation.builder.domain;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** A build that came to its end at a stage; the message is the reason, one sentence. */
public final class BuildFailedException extends Exception {
    private final BuildStage stage;
    private final String output;

    /**
     * @param output the tool's own words, null when no tool ran
     */
    public BuildFailedException(BuildStage stage, String reason, String output) {
        super(requireNonNull(reason, "reason is null"));
        this.stage = requireNonNull(stage, "stage is null");
        this.output = output;
    }

    /** Without a tool's words. */
    public BuildFailedException(BuildStage stage, String reason) {
        this(stage, reason, null);
    }

    public BuildStage stage() {
        return stage;
    }

    public Optional<String> output() {
        return Optional.ofNullable(output);
    }
}
