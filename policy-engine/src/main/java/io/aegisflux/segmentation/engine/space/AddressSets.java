package io.aegisflux.segmentation.engine.space;

import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.classifier.SegmentTree;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The large sets of addresses that the rules of a table name, for one IP version, so that such a rule is not multiplied by its
 * addresses: its boxes ask for classes of addresses in place of a prefix. A packet has the classes of its source and of its
 * destination as two more numbers, by which trees can cut ("equivalence classes" of Gupta and McKeown, "Packet Classification
 * on Multiple Fields", SIGCOMM 1999). A set whose classes do not follow each other has a bit, as long as there are some.
 * Immutable.
 */
public final class AddressSets {
    /** Which address of a packet. */
    public enum Side {
        SOURCE,
        DESTINATION
    }

    /** No set: a rule is the product of its members. */
    public static final AddressSets NONE = new AddressSets(List.of(), 4, 0);

    /** A list of fewer prefixes is never one. */
    private static final int LARGE = 16;

    /** Rules that name a list have to have more boxes together for it to be one: its price is a look-up for every packet. */
    private static final int MANY_BOXES = 1024;

    private static final int MOST_SETS = 4096;

    private final Map<Side, AddressClasses> classes = new EnumMap<>(Side.class);
    private final Map<Named, List<AddressPart>> parts = new HashMap<>();
    private final Map<Named, Long> bits = new HashMap<>();
    private final Map<Side, Long> bitsOfSide = new EnumMap<>(Side.class);
    private final List<Wanted> wanted;

    private record Named(Side side, List<Prefix> prefixes) {}

    /** @param boxes that the rules have which name the list */
    private record Wanted(Named list, long boxes) {}

    private AddressSets(List<Wanted> wanted, int ipVersion, long freeBits) {
        this.wanted = wanted;
        for (Side side : Side.values()) {
            List<List<Prefix>> lists = prefixes(wanted, side);
            AddressClasses ofSide = AddressClasses.of(lists, ipVersion);
            classes.put(side, ofSide);
            bitsOfSide.put(side, 0L);
            for (int i = 0; i < lists.size(); i++) {
                parts.put(
                        new Named(side, lists.get(i)),
                        ofSide.runs(i).stream()
                                .map(run -> new AddressPart(RuleBox.any(ipVersion), 0, run.low(), run.high()))
                                .toList());
            }
        }
        giveBits(freeBits);
    }

    /**
     * Those that are worth it for rules.
     *
     * @param freeBits that may stand for sets, of which the highest are taken first; where there are too few, a rule has a box
     *     for each range of classes
     */
    public static AddressSets of(List<TableRule> rules, PacketSpace space, long freeBits) {
        List<Wanted> wanted = wanted(rules, space.ipVersion());
        AddressSets sets = new AddressSets(wanted, space.ipVersion(), freeBits);
        while (sets.classes.values().stream().anyMatch(side -> side.count() > AddressPart.ANY_CLASS)) {
            wanted = wanted.subList(0, wanted.size() / 2);
            sets = new AddressSets(wanted, space.ipVersion(), freeBits);
        }
        return wanted.isEmpty() ? NONE : sets;
    }

    private static List<Wanted> wanted(List<TableRule> rules, int ipVersion) {
        Map<Named, Long> boxes = new LinkedHashMap<>();
        for (TableRule rule : rules) {
            for (Side side : Side.values()) {
                List<Prefix> prefixes = RuleBox.prefixes(rule, side, ipVersion);
                if (prefixes.size() >= LARGE) {
                    boxes.merge(new Named(side, prefixes), RuleBox.count(rule, ipVersion), Long::sum);
                }
            }
        }
        return boxes.entrySet().stream()
                .map(each -> new Wanted(each.getKey(), each.getValue()))
                .filter(each -> each.boxes > MANY_BOXES)
                .sorted(Comparator.comparingLong(Wanted::boxes).reversed())
                .limit(MOST_SETS)
                .toList();
    }

    /** Sets of many runs come first: a bit makes one of them. */
    private void giveBits(long freeBits) {
        long free = freeBits;
        for (Named list : wanted.stream()
                .map(Wanted::list)
                .filter(list -> parts.get(list).size() > 1)
                .sorted(Comparator.comparingInt(list -> -parts.get(list).size()))
                .limit(Long.bitCount(freeBits))
                .toList()) {
            long bit = Long.highestOneBit(free);
            free &= ~bit;
            bits.put(list, bit);
            bitsOfSide.merge(list.side, bit, (a, b) -> a | b);
            List<AddressPart> runs = parts.get(list);
            parts.put(
                    list,
                    List.of(new AddressPart(
                            runs.getFirst().prefix(),
                            bit,
                            runs.getFirst().lowClass(),
                            runs.getLast().highClass())));
        }
    }

    public boolean isEmpty() {
        return parts.isEmpty();
    }

    /** The bits that stand for sets. */
    public long bits() {
        return bits(Side.SOURCE) | bits(Side.DESTINATION);
    }

    /** The bits that stand for sets of a side. */
    public long bits(Side side) {
        return bitsOfSide.get(side);
    }

    /** The bits of the sets that each class of a side is in. */
    public long[] words(Side side) {
        return classes.get(side)
                .words(prefixes(wanted, side).stream()
                        .mapToLong(list -> bits.getOrDefault(new Named(side, list), 0L))
                        .toArray());
    }

    /** The tree that leads to the class of a packet's address. */
    public SegmentTree tree(Side side, PacketSpace space) {
        return classes.get(side).tree(space, side == Side.SOURCE ? 0 : space.words());
    }

    /** How many parts there are in place of prefixes of one IP version. */
    long count(Side side, List<Prefix> prefixes) {
        return partsOfSet(side, prefixes).map(List::size).orElseGet(prefixes::size);
    }

    /** What boxes ask in place of prefixes of one IP version: one of these. */
    List<AddressPart> parts(Side side, List<Prefix> prefixes) {
        return partsOfSet(side, prefixes)
                .orElseGet(() -> prefixes.stream().map(AddressPart::of).toList());
    }

    private Optional<List<AddressPart>> partsOfSet(Side side, List<Prefix> prefixes) {
        return prefixes.size() < LARGE ? Optional.empty() : Optional.ofNullable(parts.get(new Named(side, prefixes)));
    }

    private static List<List<Prefix>> prefixes(List<Wanted> wanted, Side side) {
        return wanted.stream()
                .filter(each -> each.list.side == side)
                .map(each -> each.list.prefixes)
                .toList();
    }
}
