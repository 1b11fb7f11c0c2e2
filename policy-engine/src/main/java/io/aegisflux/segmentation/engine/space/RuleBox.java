package io.aegisflux.segmentation.engine.space;

import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.space.AddressSets.Side;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One combination of a rule's members for one IP version. A rule is the union of its boxes; its direction, interfaces and
 * expiry are the same for all of them.
 *
 * @param sourcePort null where the rule has no such member, as in all that follow
 */
public record RuleBox(
        AddressPart source,
        AddressPart destination,
        NumberRange sourcePort,
        NumberRange destPort,
        NumberRange protocol,
        NumberRange icmpType,
        NumberRange icmpCode) {

    private static final List<NumberRange> NO_MEMBER = Collections.singletonList(null);

    /** How many boxes a rule has without large sets; 0 if it is of the other IP version. */
    public static long count(TableRule rule, int ipVersion) {
        return count(rule, ipVersion, AddressSets.NONE);
    }

    /** How many boxes a rule has; 0 if it is of the other IP version. */
    public static long count(TableRule rule, int ipVersion, AddressSets sets) {
        return count(rule, Side.SOURCE, ipVersion, sets)
                * count(rule, Side.DESTINATION, ipVersion, sets)
                * ranges(rule.sourcePorts()).size()
                * ranges(rule.destPorts()).size()
                * ranges(rule.protocols()).size()
                * ranges(rule.icmpTypes()).size()
                * ranges(rule.icmpCodes()).size();
    }

    private static long count(TableRule rule, Side side, int ipVersion, AddressSets sets) {
        return sets.count(side, prefixes(rule, side, ipVersion));
    }

    /** All boxes of a rule without large sets. */
    public static List<RuleBox> of(TableRule rule, int ipVersion) {
        return of(rule, ipVersion, AddressSets.NONE);
    }

    /** All boxes of a rule. */
    public static List<RuleBox> of(TableRule rule, int ipVersion, AddressSets sets) {
        List<RuleBox> boxes = new ArrayList<>(1);
        List<AddressPart> destinations = sets.parts(Side.DESTINATION, prefixes(rule, Side.DESTINATION, ipVersion));
        for (AddressPart source : sets.parts(Side.SOURCE, prefixes(rule, Side.SOURCE, ipVersion))) {
            for (AddressPart destination : destinations) {
                for (NumberRange sourcePort : ranges(rule.sourcePorts())) {
                    for (NumberRange destPort : ranges(rule.destPorts())) {
                        for (NumberRange protocol : ranges(rule.protocols())) {
                            for (NumberRange type : ranges(rule.icmpTypes())) {
                                for (NumberRange code : ranges(rule.icmpCodes())) {
                                    boxes.add(new RuleBox(
                                            source, destination, sourcePort, destPort, protocol, type, code));
                                }
                            }
                        }
                    }
                }
            }
        }
        return boxes;
    }
    /** A box around all boxes of a rule that has some. */
    public static RuleBox around(TableRule rule, int ipVersion) {
        return new RuleBox(
                AddressPart.of(aroundPrefixes(prefixes(rule, Side.SOURCE, ipVersion))),
                AddressPart.of(aroundPrefixes(prefixes(rule, Side.DESTINATION, ipVersion))),
                around(rule.sourcePorts()),
                around(rule.destPorts()),
                around(rule.protocols()),
                around(rule.icmpTypes()),
                around(rule.icmpCodes()));
    }

    /** What a rule asks of an address, of one IP version; nothing where the rule is of the other. */
    static List<Prefix> prefixes(TableRule rule, Side side, int ipVersion) {
        List<Prefix> given = side == Side.SOURCE ? rule.sources() : rule.destinations();
        if (rule.ipVersion() != null && rule.ipVersion() != ipVersion) {
            return List.of();
        }
        if (given == null) {
            return List.of(any(ipVersion));
        }
        for (Prefix prefix : given) {
            if (prefix.ipVersion() != ipVersion) {
                return given.stream()
                        .filter(each -> each.ipVersion() == ipVersion)
                        .toList();
            }
        }
        return given;
    }

    private static List<NumberRange> ranges(List<NumberRange> given) {
        return given == null ? NO_MEMBER : given;
    }

    private static Prefix aroundPrefixes(List<Prefix> prefixes) {
        Prefix first = prefixes.getFirst();
        return prefixes.stream().allMatch(first::equals) ? first : any(first.ipVersion());
    }

    private static NumberRange around(List<NumberRange> ranges) {
        return ranges == null
                ? null
                : new NumberRange(
                        ranges.stream().mapToInt(NumberRange::low).min().orElse(0),
                        ranges.stream().mapToInt(NumberRange::high).max().orElse(NumberRange.ANY.high()));
    }

    static Prefix any(int ipVersion) {
        return ipVersion == 4 ? Prefix.ANY4 : Prefix.ANY6;
    }
}
