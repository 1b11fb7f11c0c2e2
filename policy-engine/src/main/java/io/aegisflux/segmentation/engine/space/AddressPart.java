package io.aegisflux.segmentation.engine.space;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Prefix;

/**
 * What a box asks of one address of a packet: to begin with a prefix, or to be in a large set of addresses ({@link
 * AddressSets}), which the classes from {@code lowClass} to {@code highClass} are of.
 *
 * @param prefix one of length 0 where the address is to be in a set
 * @param setBit the bit of the set; 0 where it is all of its classes
 * @param highClass {@link #ANY_CLASS} where it may be of any, for which {@code lowClass} is 0
 */
public record AddressPart(Prefix prefix, long setBit, int lowClass, int highClass) {
    /** Above all classes. */
    public static final int ANY_CLASS = 0x7FFF;

    public AddressPart {
        requireNonNull(prefix, "prefix is null");
        if (lowClass < 0 || lowClass > highClass || highClass > ANY_CLASS) {
            throw new IllegalArgumentException("no classes from %d to %d".formatted(lowClass, highClass));
        }
    }

    static AddressPart of(Prefix prefix) {
        return new AddressPart(prefix, 0, 0, ANY_CLASS);
    }
}
