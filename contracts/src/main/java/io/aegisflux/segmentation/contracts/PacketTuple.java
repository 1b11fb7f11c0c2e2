package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

/**
 * A packet as rules see it, for evaluation.
 *
 * @param direction INGRESS or EGRESS
 * @param sourceIp literal address
 * @param destIp literal address
 * @param protocol the IP protocol number
 * @param sourcePort null when the packet has no ports
 * @param destPort null when the packet has no ports
 * @param icmpType null when the packet is not ICMP
 * @param icmpCode null when the packet is not ICMP
 * @param interfaceName null for any: then conditions on interfaces do not match
 */
public record PacketTuple(
        Direction direction,
        String sourceIp,
        String destIp,
        int protocol,
        Integer sourcePort,
        Integer destPort,
        Integer icmpType,
        Integer icmpCode,
        String interfaceName) {

    public PacketTuple {
        requireNonNull(direction, "direction is missing");
        requireNonNull(sourceIp, "source_ip is missing");
        requireNonNull(destIp, "dest_ip is missing");
        if (direction == Direction.BOTH) {
            throw new IllegalArgumentException("a packet's direction is ingress or egress, not both");
        }
        requireWithin("protocol", protocol, 0xFF);
        requireWithin("source_port", sourcePort, 0xFFFF);
        requireWithin("dest_port", destPort, 0xFFFF);
        requireWithin("icmp_type", icmpType, 0xFF);
        requireWithin("icmp_code", icmpCode, 0xFF);
    }

    private static void requireWithin(String member, Integer value, int highest) {
        if (value != null && (value < 0 || value > highest)) {
            throw new IllegalArgumentException("%s is a number from 0 to %d, not %d".formatted(member, highest, value));
        }
    }
}
