package io.aegisflux.segmentation.engine.interval;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A set of whole numbers. Two equal sets have equal lists: {@code intervals} are sorted, disjoint and never adjacent.
 */
public final class IntervalSet {
    public static final IntervalSet EMPTY = new IntervalSet(List.of());

    private final List<Interval> intervals;

    private IntervalSet(List<Interval> intervals) {
        this.intervals = List.copyOf(intervals);
    }

    /** The union of intervals in any order, overlapping or not. */
    public static IntervalSet of(Collection<Interval> parts) {
        if (parts.isEmpty()) {
            return EMPTY;
        }
        List<Interval> sorted = new ArrayList<>(parts);
        sorted.sort(Comparator.comparing(Interval::low));
        List<Interval> merged = new ArrayList<>();
        Interval open = sorted.getFirst();
        for (Interval next : sorted.subList(1, sorted.size())) {
            if (touches(open, next)) {
                open = new Interval(open.low(), max(open.high(), next.high()));
            } else {
                merged.add(open);
                open = next;
            }
        }
        merged.add(open);
        return new IntervalSet(merged);
    }

    public static IntervalSet of(Interval... parts) {
        return of(List.of(parts));
    }

    public List<Interval> intervals() {
        return intervals;
    }

    public boolean isEmpty() {
        return intervals.isEmpty();
    }

    public IntervalSet union(IntervalSet other) {
        List<Interval> all = new ArrayList<>(intervals);
        all.addAll(other.intervals);
        return of(all);
    }

    public IntervalSet intersect(IntervalSet other) {
        List<Interval> common = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < intervals.size() && j < other.intervals.size()) {
            Interval a = intervals.get(i);
            Interval b = other.intervals.get(j);
            U128 low = max(a.low(), b.low());
            U128 high = min(a.high(), b.high());
            if (low.compareTo(high) <= 0) {
                common.add(new Interval(low, high));
            }
            if (a.high().compareTo(b.high()) < 0) {
                i++;
            } else {
                j++;
            }
        }
        return new IntervalSet(common);
    }

    /** What of the universe is not in this set. */
    public IntervalSet complement(Interval universe) {
        List<Interval> gaps = new ArrayList<>();
        U128 from = universe.low();
        for (Interval taken : intervals) {
            if (taken.high().compareTo(from) < 0) {
                continue;
            }
            if (taken.low().compareTo(universe.high()) > 0) {
                break;
            }
            if (taken.low().compareTo(from) > 0) {
                gaps.add(new Interval(from, taken.low().previous()));
            }
            if (taken.high().compareTo(universe.high()) >= 0) {
                return new IntervalSet(gaps);
            }
            from = taken.high().next();
        }
        gaps.add(new Interval(from, universe.high()));
        return new IntervalSet(gaps);
    }

    /** What of this set is not in the other. */
    public IntervalSet minus(IntervalSet other) {
        return intersect(other.complement(new Interval(U128.ZERO, U128.MAX)));
    }

    /** Binary search: O(log n). */
    public boolean contains(U128 value) {
        int at = notBelow(value);
        return at < intervals.size() && intervals.get(at).low().compareTo(value) <= 0;
    }

    /** Whether every number of the other is in this set: O(m log n) for m intervals of the other. */
    public boolean containsAll(IntervalSet other) {
        for (Interval wanted : other.intervals) {
            int at = notBelow(wanted.low());
            if (at == intervals.size()
                    || intervals.get(at).low().compareTo(wanted.low()) > 0
                    || intervals.get(at).high().compareTo(wanted.high()) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether a number is in both: O(m log n), where m is the smaller one's number of intervals. */
    public boolean meets(IntervalSet other) {
        if (other.intervals.size() > intervals.size()) {
            return other.meets(this);
        }
        for (Interval wanted : other.intervals) {
            int at = notBelow(wanted.low());
            if (at < intervals.size() && intervals.get(at).low().compareTo(wanted.high()) <= 0) {
                return true;
            }
        }
        return false;
    }

    /** The first interval that does not lie below the value as a whole; their number when all do. */
    private int notBelow(U128 value) {
        int low = 0;
        int high = intervals.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (intervals.get(middle).high().compareTo(value) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IntervalSet set && intervals.equals(set.intervals);
    }

    @Override
    public int hashCode() {
        return intervals.hashCode();
    }

    @Override
    public String toString() {
        return intervals.toString();
    }

    /** Whether the two, of which {@code first} begins no later, overlap or leave no number between them. */
    private static boolean touches(Interval first, Interval second) {
        return first.high().equals(U128.MAX)
                || second.low().compareTo(first.high().next()) <= 0;
    }

    private static U128 max(U128 a, U128 b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static U128 min(U128 a, U128 b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
