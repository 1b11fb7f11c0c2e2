package io.aegisflux.segmentation.engine.classbench;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.TableRule;
import java.util.List;

/** What a rule matches; null members match all. */
record Box(
        List<NumberRange> protocols,
        Prefix source,
        Prefix destination,
        List<NumberRange> sourcePorts,
        List<NumberRange> destPorts,
        List<NumberRange> icmpTypes) {

    /** The bits that it leaves open, the paper's scope: the wider of two boxes has more. */
    int scope(int addressBits) {
        return free(source, addressBits)
                + free(destination, addressBits)
                + free(sourcePorts, 16)
                + free(destPorts, 16)
                + free(icmpTypes, 8)
                + free(protocols, 8);
    }

    TableRule rule(int index, Action action, boolean audit, int ipVersion) {
        return new TableRule(
                0,
                "r" + index,
                index,
                action,
                audit,
                Direction.INGRESS,
                ipVersion,
                protocols,
                source == null ? null : List.of(source),
                destination == null ? null : List.of(destination),
                sourcePorts,
                destPorts,
                icmpTypes,
                null,
                null,
                0,
                null,
                null,
                null);
    }

    private static int free(Prefix prefix, int bits) {
        return prefix == null ? bits : bits - prefix.length();
    }

    /** Bits of one range, rounded up. */
    private static int free(List<NumberRange> ranges, int bits) {
        return ranges == null
                ? bits
                : 32
                        - Integer.numberOfLeadingZeros(
                                ranges.getFirst().high() - ranges.getFirst().low());
    }
}
