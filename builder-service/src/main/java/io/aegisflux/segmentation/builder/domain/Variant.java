package io.aegisflux.segmentation.builder.domain;

import java.util.Optional;
import java.util.stream.Stream;

/** Which of several builds of a program set. */
public enum Variant {
    DEFAULT("default");

    private final String word;

    Variant(String word) {
        this.word = word;
    }

    /** Its word on the bus. */
    public String word() {
        return word;
    }

    /** Empty when there is no such variant. */
    public static Optional<Variant> of(String word) {
        return Stream.of(values()).filter(each -> each.word.equals(word)).findFirst();
    }
}
