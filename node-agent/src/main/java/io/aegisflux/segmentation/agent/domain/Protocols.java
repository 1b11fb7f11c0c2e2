package io.aegisflux.segmentation.agent.domain;

/** The names under which events show IP protocols. */
final class Protocols {
    private Protocols() {}

    static String name(int number) {
        return switch (number) {
            case 1 -> "icmp";
            case 6 -> "tcp";
            case 17 -> "udp";
            case 58 -> "icmpv6";
            case 132 -> "sctp";
            default -> Integer.toString(number);
        };
    }
}
