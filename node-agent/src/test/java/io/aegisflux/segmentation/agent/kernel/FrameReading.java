package io.aegisflux.segmentation.agent.kernel;

/** What a frame holds, as far as rules and conntrack ask for it. */
sealed interface FrameReading {
    record Arp() implements FrameReading {}

    /** LLDP, MPLS, more tags than are looked behind: nothing for an IP policy. */
    record Other() implements FrameReading {}

    /** Said to be IP, but cannot be judged. */
    record Malformed() implements FrameReading {}

    enum Part {
        WHOLE,
        FIRST,
        LATER
    }

    /** Only of TCP, UDP and SCTP, and not of a later fragment. */
    record Ports(int source, int destination) {}

    /**
     * Only of ICMP and ICMPv6, and not of a later fragment.
     *
     * @param id the second word behind the header, 0 when the message ends before it
     * @param quoted where in the frame the body begins behind 8 bytes of header; 0 when the message ends before it
     */
    record Icmp(int type, int code, int id, int quoted) {}

    /**
     * An IP packet.
     *
     * @param source in hex
     * @param destination in hex
     * @param protocol of the last header; of a later fragment, of the one behind the fragment header
     * @param fragmentId 0 of a whole packet
     * @param ports null when it has none
     * @param tcpFlags 0 when it is not TCP
     * @param icmp null when it has none
     */
    record Ip(
            int version,
            String source,
            String destination,
            int protocol,
            int hopLimit,
            Part part,
            int fragmentId,
            Ports ports,
            int tcpFlags,
            Icmp icmp)
            implements FrameReading {}
}
