package io.aegisflux.segmentation.engine.lowering;

import io.aegisflux.segmentation.contracts.InterfaceMatch;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.Prefix;
import java.util.List;

/**
 * What a rule asks of a packet, in the members of {@link io.aegisflux.segmentation.contracts.TableRule}: null means that
 * the member matches all.
 */
record Matcher(
        Integer ipVersion,
        List<NumberRange> protocols,
        List<Prefix> sources,
        List<Prefix> destinations,
        List<NumberRange> sourcePorts,
        List<NumberRange> destPorts,
        List<NumberRange> icmpTypes,
        List<NumberRange> icmpCodes,
        List<InterfaceMatch> interfaces) {

    /** Every packet. */
    static final Matcher ANY = new Matcher(null, null, null, null, null, null, null, null, null);
}
