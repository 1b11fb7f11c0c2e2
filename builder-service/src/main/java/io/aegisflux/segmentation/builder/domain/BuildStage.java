package io.aegisflux.segmentation.builder.domain;

/** The steps of a build, in their order. */
public enum BuildStage {
    REQUEST("request"),
    VMLINUX("vmlinux"),
    COMPILE("compile"),
    STRIP("strip"),
    CHECK("check"),
    STORE("store");

    private final String word;

    BuildStage(String word) {
        this.word = word;
    }

    /** Its word on the bus. */
    public String word() {
        return word;
    }
}
