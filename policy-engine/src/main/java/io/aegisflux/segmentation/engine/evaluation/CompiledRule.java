package io.aegisflux.segmentation.engine.evaluation;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.InterfaceMatch;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.interval.AddressSet;
import io.aegisflux.segmentation.engine.interval.IntervalSet;
import io.aegisflux.segmentation.engine.interval.NumberSet;
import io.aegisflux.segmentation.engine.interval.U128;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A rule of a table, prepared for matching: prefixes as sorted intervals, ranges as sorted numbers, regexes compiled. */
final class CompiledRule {
    /** So many members are faster looked through than prepared. */
    private static final int FEW = 4;

    private final Direction direction;
    private final int ipVersion;
    private final int[] protocols;
    private final AddressSet sources;
    private final AddressSet destinations;
    private final int[] sourcePorts;
    private final int[] destPorts;
    private final int[] icmpTypes;
    private final int[] icmpCodes;
    private final Predicate<String> interfaces;
    private final Instant expiresAt;

    CompiledRule(TableRule rule) {
        direction = rule.direction();
        ipVersion = rule.ipVersion() == null ? 0 : rule.ipVersion();
        protocols = bounds(rule.protocols());
        sources = rule.sources() == null ? null : AddressSet.of(rule.sources());
        destinations = rule.destinations() == null ? null : AddressSet.of(rule.destinations());
        sourcePorts = bounds(rule.sourcePorts());
        destPorts = bounds(rule.destPorts());
        icmpTypes = bounds(rule.icmpTypes());
        icmpCodes = bounds(rule.icmpCodes());
        interfaces = rule.interfaces() == null
                ? null
                : rule.interfaces().stream()
                        .map(CompiledRule::compiled)
                        .reduce(Predicate::and)
                        .orElse(name -> true);
        expiresAt = rule.expiresAt();
    }

    /** Rules out most packets that a rule does not match, at less than the cost of preparing it. */
    static boolean mayMatch(TableRule rule, Packet packet) {
        return (rule.direction() == Direction.BOTH || packet.ingress() == (rule.direction() == Direction.INGRESS))
                && mayHold(rule.protocols(), packet.protocol())
                && mayHold(rule.destPorts(), packet.destPort())
                && mayHold(rule.sources(), packet, packet.source())
                && mayHold(rule.destinations(), packet, packet.dest());
    }

    private static boolean mayHold(List<NumberRange> ranges, int value) {
        if (ranges == null || ranges.size() > FEW) {
            return true;
        }
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).low() <= value && value <= ranges.get(i).high()) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayHold(List<Prefix> prefixes, Packet packet, U128 address) {
        if (prefixes == null || prefixes.size() > FEW) {
            return true;
        }
        boolean isIpv4 = packet.ipVersion() == 4;
        long high = isIpv4 ? address.low() << 32 : address.high();
        for (int i = 0; i < prefixes.size(); i++) {
            if (prefixes.get(i).ipVersion() == packet.ipVersion()
                    && prefixes.get(i).contains(high, isIpv4 ? 0 : address.low())) {
                return true;
            }
        }
        return false;
    }

    boolean matches(Packet packet, Instant now) {
        return (direction == Direction.BOTH || packet.ingress() == (direction == Direction.INGRESS))
                && (ipVersion == 0 || ipVersion == packet.ipVersion())
                && holds(protocols, packet.protocol())
                && holds(destPorts, packet.destPort())
                && holds(sourcePorts, packet.sourcePort())
                && holds(icmpTypes, packet.icmpType())
                && holds(icmpCodes, packet.icmpCode())
                && holds(sources, packet, packet.source())
                && holds(destinations, packet, packet.dest())
                && (interfaces == null || packet.interfaceName() != null && interfaces.test(packet.interfaceName()))
                && (expiresAt == null || now.isBefore(expiresAt));
    }

    private static boolean holds(AddressSet set, Packet packet, U128 address) {
        if (set == null) {
            return true;
        }
        IntervalSet ofVersion = packet.ipVersion() == 4 ? set.v4() : set.v6();
        return ofVersion.contains(address);
    }

    /** @param value {@link Packet#ABSENT} lies in no range */
    private static boolean holds(int[] bounds, int value) {
        if (bounds == null) {
            return true;
        }
        for (int i = 0; i < bounds.length && bounds[i] <= value; i += 2) {
            if (value <= bounds[i + 1]) {
                return true;
            }
        }
        return false;
    }

    /** Low and high bounds in turn, sorted and disjoint. */
    private static int[] bounds(List<NumberRange> ranges) {
        return ranges == null
                ? null
                : NumberSet.of(ranges).ranges().stream()
                        .flatMapToInt(range -> IntStream.of(range.low(), range.high()))
                        .toArray();
    }

    private static Predicate<String> compiled(InterfaceMatch match) {
        if (match.operator().equals("regex")) {
            return Pattern.compile(match.values().getFirst()).asMatchPredicate();
        }
        match.matches(""); // refuses an operator that is not known
        return match::matches;
    }
}
