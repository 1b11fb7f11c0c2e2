package io.aegisflux.segmentation.contracts;

import java.util.function.Function;

/** Constants by the names that they have on the wire. */
final class WireNames {
    private WireNames() {}

    /**
     * The constant that is written so.
     *
     * @param none how the refusal begins, e.g. {@code no verdict}
     * @throws IllegalArgumentException when no constant is
     */
    static <E extends Enum<E>> E constant(E[] values, Function<E, String> wireName, String text, String none) {
        for (E value : values) {
            if (wireName.apply(value).equals(text)) {
                return value;
            }
        }
        throw new IllegalArgumentException("%s is called %s".formatted(none, Quoted.shortened(String.valueOf(text))));
    }
}
