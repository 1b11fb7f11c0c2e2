package io.aegisflux.segmentation.engine.interval;

import io.aegisflux.segmentation.contracts.NumberRange;
import java.util.Collection;
import java.util.List;

/** A set of numbers from 0 to 65535: ports, IP protocols, ICMP types and codes. */
public record NumberSet(IntervalSet values) {
    public static final NumberSet EMPTY = new NumberSet(IntervalSet.EMPTY);

    public static NumberSet of(Collection<NumberRange> ranges) {
        return new NumberSet(IntervalSet.of(ranges.stream()
                .map(range -> Interval.of(range.low(), range.high()))
                .toList()));
    }

    public static NumberSet of(NumberRange... ranges) {
        return of(List.of(ranges));
    }

    public NumberSet intersect(NumberSet other) {
        return new NumberSet(values.intersect(other.values));
    }

    /** What of 0 to {@code highest} is not in this set. */
    public NumberSet complement(int highest) {
        return new NumberSet(values.complement(Interval.of(0, highest)));
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public boolean contains(int value) {
        return value >= 0 && values.contains(U128.of(value));
    }

    /** The fewest ranges that make up this set, ascending. */
    public List<NumberRange> ranges() {
        return values.intervals().stream()
                .map(interval -> new NumberRange(
                        (int) interval.low().low(), (int) interval.high().low()))
                .toList();
    }
}
