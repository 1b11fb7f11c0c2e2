package io.aegisflux.segmentation.builder.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.BuildSpec;

/** What is to be built: one of each, chosen by a message but never made of its text. */
public record Selection(ProgramSet programSet, Variant variant, Architecture architecture) {
    public Selection {
        requireNonNull(programSet, "programSet is null");
        requireNonNull(variant, "variant is null");
        requireNonNull(architecture, "architecture is null");
    }

    /**
     * As the bus says it.
     *
     * @param requestedBy null when nobody asked by name
     */
    public BuildSpec spec(String requestedBy) {
        return new BuildSpec(programSet.word(), variant.word(), architecture.word(), requestedBy);
    }

    /** Whether a spec says this selection, whoever asked. */
    public boolean isOf(BuildSpec spec) {
        return spec(spec.requestedBy()).equals(spec);
    }

    @Override
    public String toString() {
        return "%s/%s for %s".formatted(programSet.word(), variant.word(), architecture.word());
    }
}
