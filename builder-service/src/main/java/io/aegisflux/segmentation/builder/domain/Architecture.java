package io.aegisflux.segmentation.builder.domain;

import java.util.Optional;
import java.util.stream.Stream;

/** The architecture of the hosts that an object is for: bytecode is the same, what libbpf's headers know is not. */
public enum Architecture {
    X86_64("x86_64", "__TARGET_ARCH_x86"),
    AARCH64("aarch64", "__TARGET_ARCH_arm64");

    private final String word;
    private final String macro;

    Architecture(String word, String macro) {
        this.word = word;
        this.macro = macro;
    }

    /** Its word on the bus. */
    public String word() {
        return word;
    }

    /** By which libbpf's headers tell it from the others. */
    public String macro() {
        return macro;
    }

    /** Empty when nothing is built for it. */
    public static Optional<Architecture> of(String word) {
        return Stream.of(values()).filter(each -> each.word.equals(word)).findFirst();
    }

    /**
     * That of a JVM; empty when nothing is built for it.
     *
     * @param osArch the system property {@code os.arch}
     */
    public static Optional<Architecture> ofJvm(String osArch) {
        return osArch.equals("amd64") ? Optional.of(X86_64) : of(osArch);
    }
}
