package io.aegisflux.segmentation.contracts;

import java.util.Map;
import java.util.OptionalInt;

/** The names under which messages show IP protocols: that of the common ones, else the number. */
public final class Protocols {
    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ICMPV6 = 58;
    public static final int SCTP = 132;

    private static final int HIGHEST = 255;
    private static final Map<String, Integer> NUMBERS =
            Map.of("icmp", ICMP, "tcp", TCP, "udp", UDP, "icmpv6", ICMPV6, "sctp", SCTP);

    private Protocols() {}

    /** The name of a protocol by its number, e.g. {@code tcp} or {@code 47}. */
    public static String name(int number) {
        return switch (number) {
            case ICMP -> "icmp";
            case TCP -> "tcp";
            case UDP -> "udp";
            case ICMPV6 -> "icmpv6";
            case SCTP -> "sctp";
            default -> Integer.toString(number);
        };
    }

    /** The number of what {@link #name} shows; empty for a text that names no protocol. */
    public static OptionalInt number(String name) {
        Integer known = NUMBERS.get(name);
        if (known != null) {
            return OptionalInt.of(known);
        }
        if (!name.matches("0|[1-9][0-9]{0,2}")) {
            return OptionalInt.empty();
        }
        int number = Integer.parseInt(name);
        return number <= HIGHEST ? OptionalInt.of(number) : OptionalInt.empty();
    }

    /** Whether packets of this protocol have ports. */
    public static boolean hasPorts(int number) {
        return number == TCP || number == UDP || number == SCTP;
    }

    /** Whether packets of this protocol have a type and a code. */
    public static boolean isIcmp(int number) {
        return number == ICMP || number == ICMPV6;
    }

    /** The type of an echo request of this protocol, {@link #ICMP} or {@link #ICMPV6}. */
    public static int echoRequest(int number) {
        return number == ICMP ? 8 : 128;
    }
}
