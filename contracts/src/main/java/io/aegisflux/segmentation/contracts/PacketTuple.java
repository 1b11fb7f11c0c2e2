package io.aegisflux.segmentation.contracts;

/**
 * A packet as rules see it, for evaluation.
 *
 * @param sourceIp literal address
 * @param protocol the IP protocol number
 * @param sourcePort null when the packet has no ports
 * @param icmpType null when the packet is not ICMP
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
        String interfaceName) {}
