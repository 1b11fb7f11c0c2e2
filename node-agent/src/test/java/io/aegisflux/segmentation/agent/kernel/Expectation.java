package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.kernel.FrameReading.Ip;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Part;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Ports;
import java.util.Set;

/** What becomes of a frame where all is denied, no peer is exempt and no flow was ever allowed. */
final class Expectation {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP = 1;
    private static final int ICMP6 = 58;
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;
    private static final Set<Ports> DHCP = Set.of(new Ports(67, 68), new Ports(68, 67));
    private static final Set<Ports> DHCP6 = Set.of(new Ports(546, 547), new Ports(547, 546));
    private static final String LOOPBACK6 = "0".repeat(31) + "1";

    private Expectation() {}

    /** Whether tc drops it: all IP but what keeps the network alive, and all that cannot be parsed. */
    static boolean isDroppedAtTc(FrameReading reading) {
        return switch (reading) {
            case FrameReading.Arp ignored -> false;
            case FrameReading.Other ignored -> false;
            case FrameReading.Malformed ignored -> true;
            case Ip ip -> !isFailsafe(ip);
        };
    }

    /** Whether xdp drops it already: only what tc needs no memory for. */
    static boolean isDroppedAtXdp(FrameReading reading) {
        return reading instanceof Ip ip
                && ip.part() == Part.WHOLE
                && !isIcmpError(ip)
                && (ip.protocol() != TCP || (ip.tcpFlags() & (SYN | ACK)) == SYN)
                && !isFailsafe(ip);
    }

    /** Neighbour and multicast listener discovery, path MTU, DHCP, and a host that speaks with itself. */
    static boolean isFailsafe(Ip ip) {
        if (isLoopback(ip.source(), ip.version()) && isLoopback(ip.destination(), ip.version())) {
            return true;
        }
        if (ip.icmp() != null && ip.version() == 4) {
            return ip.protocol() == ICMP && ip.icmp().type() == 3 && ip.icmp().code() == 4;
        }
        if (ip.icmp() != null) {
            return ip.protocol() == ICMP6
                    && switch (ip.icmp().type()) {
                        case 2 -> true;
                        case 130, 131, 132, 143 -> ip.hopLimit() == 1;
                        case 133, 134, 135, 136, 137 -> ip.hopLimit() == 255;
                        default -> false;
                    };
        }
        return ip.ports() != null && ip.protocol() == UDP && (ip.version() == 4 ? DHCP : DHCP6).contains(ip.ports());
    }

    private static boolean isIcmpError(Ip ip) {
        return ip.icmp() != null
                && switch (ip.icmp().type()) {
                    case 3, 11, 12 -> ip.protocol() == ICMP || ip.icmp().type() == 3;
                    case 1, 2, 4 -> ip.protocol() == ICMP6;
                    default -> false;
                };
    }

    private static boolean isLoopback(String address, int version) {
        return version == 4 ? address.startsWith("7f") : address.equals(LOOPBACK6);
    }
}
