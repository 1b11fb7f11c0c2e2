package io.aegisflux.segmentation.engine.space;

import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.engine.classifier.SegmentTree;
import io.aegisflux.segmentation.engine.interval.AddressSet;
import io.aegisflux.segmentation.engine.interval.Interval;
import io.aegisflux.segmentation.engine.interval.U128;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The classes of the addresses of one side: those of a class are in the same sets. They are ordered by the sets that they are
 * in, the largest first; so a set that shares addresses only with those that it holds, or lies in, is one run of classes.
 * Immutable.
 */
final class AddressClasses {
    private final List<U128> starts;
    private final int[] classOfSegment;
    private final List<BitSet> setsOfClass;

    /** Classes that follow each other, both ends included. */
    record Run(int low, int high) {}

    private AddressClasses(List<U128> starts, List<BitSet> setsOfSegment, Comparator<BitSet> order) {
        this.starts = starts;
        this.setsOfClass = setsOfSegment.stream().distinct().sorted(order).toList();
        Map<BitSet, Integer> numbers = new HashMap<>();
        setsOfClass.forEach(sets -> numbers.put(sets, numbers.size()));
        this.classOfSegment = setsOfSegment.stream().mapToInt(numbers::get).toArray();
    }

    /** The classes of sets, each of which is prefixes, all of one IP version. */
    static AddressClasses of(List<List<Prefix>> sets, int ipVersion) {
        List<List<Interval>> intervals = sets.stream()
                .map(AddressSet::of)
                .map(set -> (ipVersion == 4 ? set.v4() : set.v6()).intervals())
                .toList();
        TreeMap<U128, BitSet> changes = new TreeMap<>(); // the sets in which either an address or the one before it is
        changes.put(U128.ZERO, new BitSet());
        U128 last = ipVersion == 4 ? U128.of(0xFFFF_FFFFL) : U128.MAX;
        for (int set = 0; set < sets.size(); set++) {
            for (Interval interval : intervals.get(set)) {
                changes.computeIfAbsent(interval.low(), at -> new BitSet()).flip(set);
                if (!interval.high().equals(last)) {
                    changes.computeIfAbsent(interval.high().next(), at -> new BitSet())
                            .flip(set);
                }
            }
        }
        BitSet in = new BitSet();
        List<BitSet> setsOfSegment = new ArrayList<>();
        changes.values().forEach(change -> {
            in.xor(change);
            setsOfSegment.add((BitSet) in.clone());
        });
        return new AddressClasses(List.copyOf(changes.keySet()), setsOfSegment, order(intervals));
    }

    private static Comparator<BitSet> order(List<List<Interval>> sets) {
        int[] largestFirst = IntStream.range(0, sets.size())
                .boxed()
                .sorted(Comparator.comparingDouble(set -> -addresses(sets.get(set))))
                .mapToInt(set -> set)
                .toArray();
        return (a, b) -> {
            for (int set : largestFirst) {
                if (a.get(set) != b.get(set)) {
                    return a.get(set) ? -1 : 1;
                }
            }
            return 0;
        };
    }

    /** How many there are, not to the last one. */
    private static double addresses(List<Interval> intervals) {
        return intervals.stream()
                .mapToDouble(interval -> number(interval.high()) - number(interval.low()) + 1)
                .sum();
    }

    private static double number(U128 value) {
        return Math.scalb(unsigned(value.high()), Long.SIZE) + unsigned(value.low());
    }

    private static double unsigned(long value) {
        return (value >>> 1) * 2.0 + (value & 1);
    }

    int count() {
        return setsOfClass.size();
    }

    /** The classes of a set. */
    List<Run> runs(int set) {
        List<Run> runs = new ArrayList<>();
        int low = -1;
        for (int i = 0; i <= setsOfClass.size(); i++) {
            boolean isIn = i < setsOfClass.size() && setsOfClass.get(i).get(set);
            if (isIn && low < 0) {
                low = i;
            } else if (!isIn && low >= 0) {
                runs.add(new Run(low, i - 1));
                low = -1;
            }
        }
        return runs;
    }

    /** A word for each class: the bits of the sets that it is in. */
    long[] words(long[] bitOfSet) {
        return setsOfClass.stream()
                .mapToLong(sets -> sets.stream().mapToLong(set -> bitOfSet[set]).reduce(0, (a, b) -> a | b))
                .toArray();
    }

    /**
     * The tree that leads to the class of an address.
     *
     * @param firstDimension that of the first word of the address
     */
    SegmentTree tree(PacketSpace space, int firstDimension) {
        int[][] startsInWords = starts.stream().map(space::words).toArray(int[][]::new);
        return SegmentTree.of(startsInWords, classOfSegment, firstDimension);
    }
}
