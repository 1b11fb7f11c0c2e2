package io.aegisflux.segmentation.builder.clang;

import io.aegisflux.segmentation.builder.domain.BuildStage;

/** A tool of the toolchain. */
public enum ToolName {
    CLANG("clang", "CLANG_PATH", "clang", "--version", BuildStage.COMPILE),
    LLVM_STRIP("llvm-strip", "LLVM_STRIP_PATH", "llvm", "--version", BuildStage.STRIP),
    BPFTOOL("bpftool", "BPFTOOL_PATH", "bpftool", "version", BuildStage.VMLINUX);

    private final String word;
    private final String variable;
    private final String debianPackage;
    private final String versionArgument;
    private final BuildStage stage;

    ToolName(String word, String variable, String debianPackage, String versionArgument, BuildStage stage) {
        this.word = word;
        this.variable = variable;
        this.debianPackage = debianPackage;
        this.versionArgument = versionArgument;
        this.stage = stage;
    }

    /** The program's name. */
    public String word() {
        return word;
    }

    /** The environment variable that names it. */
    public String variable() {
        return variable;
    }

    String debianPackage() {
        return debianPackage;
    }

    String versionArgument() {
        return versionArgument;
    }

    /** Where a build ends without it. */
    BuildStage stage() {
        return stage;
    }
}
