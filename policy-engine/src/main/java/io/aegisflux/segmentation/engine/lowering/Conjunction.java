package io.aegisflux.segmentation.engine.lowering;

import io.aegisflux.segmentation.contracts.InterfaceMatch;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.engine.interval.AddressSet;
import io.aegisflux.segmentation.engine.interval.NumberSet;
import io.aegisflux.segmentation.engine.language.Condition;
import io.aegisflux.segmentation.engine.language.Field;
import io.aegisflux.segmentation.engine.language.Side;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The conditions of one rule, taken together: the intersection for each field, and what one field means for another. */
final class Conjunction {
    private static final NumberSet WITH_PORTS = NumberSet.of(one(6), one(17), one(132));
    private static final NumberSet ICMP = NumberSet.of(one(1), one(58));
    private static final NumberSet EVERY_PROTOCOL = NumberSet.of(new NumberRange(0, 255));

    private final LabelledAddresses labels;
    private final Map<Field, NumberSet> numbers = new EnumMap<>(Field.class);
    private final Map<Side, AddressSet> addresses = new EnumMap<>(Side.class);
    private final Set<Integer> versions = new TreeSet<>(Set.of(4, 6));
    private final List<InterfaceMatch> interfaces = new ArrayList<>();

    private Conjunction(LabelledAddresses labels) {
        this.labels = labels;
        addresses.put(Side.SOURCE, AddressSet.ALL);
        addresses.put(Side.DEST, AddressSet.ALL);
    }

    /** What the conditions ask of a packet; empty when no packet can hold them all. */
    static Optional<Matcher> of(List<Condition> conditions, LabelledAddresses labels) {
        Conjunction conjunction = new Conjunction(labels);
        conditions.forEach(conjunction::add);
        return conjunction.isPossible() ? Optional.of(conjunction.matcher()) : Optional.empty();
    }

    private void add(Condition condition) {
        switch (condition) {
            case Condition.Numbers it -> numbers.merge(it.field(), it.admitted(), NumberSet::intersect);
            case Condition.IpVersions it -> versions.retainAll(it.admitted());
            case Condition.Addresses it -> addresses.merge(it.side(), it.admitted(), AddressSet::intersect);
            case Condition.Label it ->
                addresses.merge(it.side(), labels.matching(it.key(), it.match()), AddressSet::intersect);
            case Condition.Interface it -> interfaces.add(it.match());
            case Condition.Directions it -> {} // already in the rule's direction
        }
    }

    /** Brings fields that depend on each other in line; false when that leaves nothing of one of them. */
    private boolean isPossible() {
        boolean ports = numbers.containsKey(Field.SOURCE_PORT) || numbers.containsKey(Field.DEST_PORT);
        boolean icmp = numbers.containsKey(Field.ICMP_TYPE) || numbers.containsKey(Field.ICMP_CODE);
        NumberSet protocols = numbers.getOrDefault(Field.PROTOCOL, EVERY_PROTOCOL);
        if (ports) {
            protocols = protocols.intersect(WITH_PORTS);
        }
        if (icmp) {
            protocols = protocols.intersect(ICMP);
        }
        if (numbers.containsKey(Field.PROTOCOL)) {
            numbers.put(Field.PROTOCOL, protocols);
        }
        for (AddressSet set : addresses.values()) {
            versions.removeIf(version -> set.onlyVersion(version).isEmpty());
        }
        return !protocols.isEmpty()
                && !versions.isEmpty()
                && numbers.values().stream().noneMatch(NumberSet::isEmpty);
    }

    private Matcher matcher() {
        NumberSet protocols = numbers.get(Field.PROTOCOL);
        return new Matcher(
                versions.size() == 1 ? versions.iterator().next() : null,
                EVERY_PROTOCOL.equals(protocols) ? null : ranges(Field.PROTOCOL),
                prefixes(Side.SOURCE),
                prefixes(Side.DEST),
                ranges(Field.SOURCE_PORT),
                ranges(Field.DEST_PORT),
                ranges(Field.ICMP_TYPE),
                ranges(Field.ICMP_CODE),
                interfaces.isEmpty() ? null : interfaces.stream().distinct().toList());
    }

    /** A set of all ports is kept: it still asks that the packet has ports. */
    private List<NumberRange> ranges(Field field) {
        NumberSet set = numbers.get(field);
        return set == null ? null : set.ranges();
    }

    private List<Prefix> prefixes(Side side) {
        AddressSet set = addresses.get(side);
        if (versions.size() == 1) {
            set = set.onlyVersion(versions.iterator().next());
        }
        return versions.stream().allMatch(set::isAllOf) ? null : set.prefixes();
    }

    private static NumberRange one(int number) {
        return new NumberRange(number, number);
    }
}
