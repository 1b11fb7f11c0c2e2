package io.aegisflux.segmentation.engine.linting;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.interval.AddressSet;
import io.aegisflux.segmentation.engine.interval.Interval;
import io.aegisflux.segmentation.engine.interval.IntervalSet;
import io.aegisflux.segmentation.engine.interval.U128;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Packets of one IP version: all whose every number lies in the set of its dimension. A port, type or code is one more than
 * it is, and 0 where a packet has none, so that a rule which asks for it holds no such packet. Interfaces are no dimension.
 * Immutable.
 */
final class Area {
    /** The most telling first. */
    static final int DIMENSIONS = 8;

    private static final int SOURCE = 0;
    private static final int DESTINATION = 1;
    private static final int DEST_PORT = 2;
    private static final int PROTOCOL = 3;
    private static final int SOURCE_PORT = 4;
    private static final int ICMP_TYPE = 5;
    private static final int ICMP_CODE = 6;
    private static final int DIRECTION = 7;

    private static final IntervalSet WITH_PORTS =
            IntervalSet.of(Interval.of(6, 6), Interval.of(17, 17), Interval.of(132, 132));
    private static final IntervalSet ICMP = IntervalSet.of(Interval.of(1, 1), Interval.of(58, 58));
    private static final IntervalSet EVERY_PROTOCOL = IntervalSet.of(Interval.of(0, 0xFF));
    private static final IntervalSet INGRESS = IntervalSet.of(Interval.of(0, 0));
    private static final IntervalSet EGRESS = IntervalSet.of(Interval.of(1, 1));
    private static final IntervalSet EITHER_WAY = IntervalSet.of(Interval.of(0, 1));

    private final IntervalSet[] sets;
    private final boolean isIpv6;
    private final boolean isEmpty;

    private Area(IntervalSet[] sets, boolean isIpv6) {
        this.sets = sets;
        this.isIpv6 = isIpv6;
        this.isEmpty = Arrays.stream(sets).anyMatch(IntervalSet::isEmpty);
    }

    /** The packets of an IP version that a rule matches if its interfaces do. */
    static Area of(TableRule rule, int ipVersion) {
        boolean isOther = rule.ipVersion() != null && rule.ipVersion() != ipVersion;
        boolean ports = rule.sourcePorts() != null || rule.destPorts() != null;
        boolean icmp = rule.icmpTypes() != null || rule.icmpCodes() != null;
        IntervalSet protocols = rule.protocols() == null ? EVERY_PROTOCOL : numbers(rule.protocols(), 0);
        if (ports) {
            protocols = protocols.intersect(WITH_PORTS);
        }
        if (icmp) {
            protocols = protocols.intersect(ICMP);
        }
        IntervalSet[] sets = new IntervalSet[DIMENSIONS];
        sets[SOURCE] = isOther ? IntervalSet.EMPTY : addresses(rule.sources(), ipVersion);
        sets[DESTINATION] = addresses(rule.destinations(), ipVersion);
        sets[DEST_PORT] = optional(rule.destPorts(), ports, 0xFFFF);
        sets[PROTOCOL] = protocols;
        sets[SOURCE_PORT] = optional(rule.sourcePorts(), ports, 0xFFFF);
        sets[ICMP_TYPE] = optional(rule.icmpTypes(), icmp, 0xFF);
        sets[ICMP_CODE] = optional(rule.icmpCodes(), icmp, 0xFF);
        sets[DIRECTION] = rule.direction() == Direction.BOTH
                ? EITHER_WAY
                : rule.direction() == Direction.INGRESS ? INGRESS : EGRESS;
        return new Area(sets, ipVersion == 6);
    }

    /** Whether no packet is in it. */
    boolean isEmpty() {
        return isEmpty;
    }

    /** Whether all packets of the other are in this. */
    boolean covers(Area other) {
        for (int i = 0; i < DIMENSIONS && !other.isEmpty; i++) {
            if (!sets[i].containsAll(other.sets[i])) {
                return false;
            }
        }
        return true;
    }

    /** Whether a packet is in both. */
    boolean meets(Area other) {
        for (int i = 0; i < DIMENSIONS; i++) {
            if (!sets[i].meets(other.sets[i])) {
                return false;
            }
        }
        return true;
    }

    /** What of this is not in the other, which it meets, in parts that have no packet in common. */
    List<Area> minus(Area other) {
        List<Area> parts = new ArrayList<>();
        IntervalSet[] rest = sets.clone();
        for (int i = 0; i < DIMENSIONS; i++) {
            IntervalSet outside = rest[i].minus(other.sets[i]);
            if (!outside.isEmpty()) {
                IntervalSet[] part = rest.clone();
                part[i] = outside;
                parts.add(new Area(part, isIpv6));
            }
            rest[i] = rest[i].intersect(other.sets[i]);
        }
        return parts;
    }

    /**
     * A packet of this, which is not empty; others for other numbers, as far as there are.
     *
     * @param number from 0 on
     */
    U128[] sample(int number) {
        U128[] packet = new U128[DIMENSIONS];
        for (int i = 0; i < DIMENSIONS; i++) {
            List<Interval> intervals = sets[i].intervals();
            int turn = number + i * (number >> 2); // so that dimensions do not go in step
            Interval interval = intervals.get((turn >> 1) % intervals.size());
            packet[i] = (turn & 1) == 0 ? interval.low() : interval.high();
        }
        return packet;
    }

    boolean contains(U128[] packet) {
        for (int i = 0; i < DIMENSIONS; i++) {
            if (!sets[i].contains(packet[i])) {
                return false;
            }
        }
        return true;
    }

    /** How many intervals it has: what looking at it costs. */
    int size() {
        return Arrays.stream(sets).mapToInt(set -> set.intervals().size()).sum();
    }

    /** No number of a dimension is lower than this, as unsigned numbers; of IPv6 addresses it is the upper half. */
    long lowest(int dimension) {
        return coarse(dimension, sets[dimension].intervals().getFirst().low());
    }

    /** As {@link #lowest}. */
    long highest(int dimension) {
        return coarse(dimension, sets[dimension].intervals().getLast().high());
    }

    private long coarse(int dimension, U128 number) {
        return isIpv6 && dimension <= DESTINATION ? number.high() : number.low();
    }

    private static IntervalSet addresses(List<Prefix> prefixes, int ipVersion) {
        AddressSet set = prefixes == null ? AddressSet.ALL : AddressSet.of(prefixes);
        return ipVersion == 4 ? set.v4() : set.v6();
    }

    /**
     * @param isThere whether the packet must have the number; if it has one of two ports it has both, as with type and code
     */
    private static IntervalSet optional(List<NumberRange> ranges, boolean isThere, int highest) {
        return ranges == null ? IntervalSet.of(Interval.of(isThere ? 1 : 0, highest + 1)) : numbers(ranges, 1);
    }

    /** @param first what number 0 is */
    private static IntervalSet numbers(List<NumberRange> ranges, int first) {
        return IntervalSet.of(ranges.stream()
                .map(range -> Interval.of(range.low() + first, range.high() + first))
                .toList());
    }
}
