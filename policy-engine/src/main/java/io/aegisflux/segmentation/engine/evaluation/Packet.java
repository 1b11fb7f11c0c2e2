package io.aegisflux.segmentation.engine.evaluation;

import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.Protocols;
import io.aegisflux.segmentation.engine.interval.AddressSet;
import io.aegisflux.segmentation.engine.interval.U128;

/**
 * A packet, checked and in the numbers that rules compare.
 *
 * @param sourcePort {@link #ABSENT} when the packet has no ports
 * @param icmpType ABSENT when the packet is neither ICMP nor ICMPv6
 * @param interfaceName null when not known
 */
record Packet(
        boolean ingress,
        int ipVersion,
        U128 source,
        U128 dest,
        int protocol,
        int sourcePort,
        int destPort,
        int icmpType,
        int icmpCode,
        String interfaceName) {

    static final int ABSENT = -1;

    /** @throws IllegalArgumentException naming the address that is none, or two of different IP versions */
    static Packet of(PacketTuple tuple) {
        byte[] source = address(tuple.sourceIp(), "source_ip");
        byte[] dest = address(tuple.destIp(), "dest_ip");
        if (source.length != dest.length) {
            throw new IllegalArgumentException("source_ip %s and dest_ip %s are not of one IP version"
                    .formatted(Addresses.format(source), Addresses.format(dest)));
        }
        int protocol = tuple.protocol();
        boolean ports = Protocols.hasPorts(protocol);
        boolean icmp = Protocols.isIcmp(protocol);
        return new Packet(
                tuple.direction() == Direction.INGRESS,
                source.length == 4 ? 4 : 6,
                AddressSet.number(source),
                AddressSet.number(dest),
                protocol,
                ports ? orAbsent(tuple.sourcePort()) : ABSENT,
                ports ? orAbsent(tuple.destPort()) : ABSENT,
                icmp ? orAbsent(tuple.icmpType()) : ABSENT,
                icmp ? orAbsent(tuple.icmpCode()) : ABSENT,
                tuple.interfaceName());
    }

    private static byte[] address(String text, String member) {
        try {
            return Addresses.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s: %s".formatted(member, e.getMessage()), e);
        }
    }

    private static int orAbsent(Integer value) {
        return value == null ? ABSENT : value;
    }
}
