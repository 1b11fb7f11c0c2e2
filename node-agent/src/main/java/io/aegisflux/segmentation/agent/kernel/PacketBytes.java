package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.Protocols;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * Makes an Ethernet frame of a packet as rules see it: the shortest one that the programs parse back to the same. A
 * packet that should have ports or an ICMP type and has none becomes a later fragment.
 */
final class PacketBytes {
    private static final int ETHERNET = 14;
    private static final int IP4 = 20;
    private static final int IP6 = 40;
    private static final int IP6_FRAGMENT = 8;
    private static final int TRANSPORT = 20; // as much as the longest, TCP's
    private static final int HOP_LIMIT = 64;
    private static final int LATER = 64; // bytes into the packet where a later fragment begins
    private static final byte TCP_SYN = 0x02;

    /** Of neighbour discovery, which proves that no router was crossed (RFC 4861), and of MLD, which is for the link. */
    private static final int ND_HOP_LIMIT = 255;

    private static final int MLD_HOP_LIMIT = 1;

    /** Hop-by-hop options, routing, fragment, authentication, destination options: never the last header of IPv6. */
    private static final Set<Integer> IP6_EXTENSIONS = Set.of(0, 43, 44, 51, 60);

    private PacketBytes() {}

    /** Whether there is such a packet: not of an IPv4-mapped address, nor one that ends in an extension header. */
    static boolean canBe(PacketTuple packet) {
        boolean v6 = packet.sourceIp().indexOf(':') >= 0;
        return !isMapped(packet.sourceIp())
                && !isMapped(packet.destIp())
                && !(v6 && IP6_EXTENSIONS.contains(packet.protocol()));
    }

    /**
     * Refuses what {@link #frame} cannot make a packet of.
     *
     * @throws IllegalArgumentException naming the member at fault
     */
    static void requirePacket(PacketTuple packet) {
        int protocol = packet.protocol();
        if (address(packet.sourceIp(), "source_ip").length != address(packet.destIp(), "dest_ip").length) {
            throw new IllegalArgumentException("source_ip %s and dest_ip %s are not of one IP version"
                    .formatted(packet.sourceIp(), packet.destIp()));
        }
        if (!canBe(packet)) {
            throw new IllegalArgumentException(
                    "protocol %d is an extension header of IPv6, in which no packet ends".formatted(protocol));
        }
        requireBoth("source_port and dest_port", Protocols.hasPorts(protocol), packet.sourcePort(), packet.destPort());
        requireBoth("icmp_type and icmp_code", Protocols.isIcmp(protocol), packet.icmpType(), packet.icmpCode());
    }

    private static byte[] address(String text, String member) {
        try {
            return Addresses.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s: %s".formatted(member, e.getMessage()), e);
        }
    }

    private static void requireBoth(String members, boolean has, Integer one, Integer other) {
        if (has && (one == null) != (other == null)) {
            throw new IllegalArgumentException(members + " are given both, or none of them for a later fragment");
        }
    }

    /** The frame; its checksums are 0. */
    static byte[] frame(PacketTuple packet) {
        byte[] source = Addresses.parse(packet.sourceIp());
        byte[] destination = Addresses.parse(packet.destIp());
        boolean later = isLaterFragment(packet);
        return source.length == 4 ? ip4(packet, source, destination, later) : ip6(packet, source, destination, later);
    }

    private static byte[] ip4(PacketTuple packet, byte[] source, byte[] destination, boolean later) {
        ByteBuffer frame = ethernet(0x0800, IP4 + TRANSPORT);
        frame.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (IP4 + TRANSPORT))
                .putShort((short) 1)
                .putShort((short) (later ? LATER / 8 : 0))
                .put((byte) HOP_LIMIT)
                .put((byte) packet.protocol())
                .putShort((short) 0)
                .put(source)
                .put(destination);
        return transport(frame, packet, later);
    }

    private static byte[] ip6(PacketTuple packet, byte[] source, byte[] destination, boolean later) {
        int extension = later ? IP6_FRAGMENT : 0;
        ByteBuffer frame = ethernet(0x86DD, IP6 + extension + TRANSPORT);
        frame.putInt(6 << 28)
                .putShort((short) (extension + TRANSPORT))
                .put((byte) (later ? 44 : packet.protocol()))
                .put((byte) hopLimit(packet))
                .put(source)
                .put(destination);
        if (later) {
            frame.put((byte) packet.protocol())
                    .put((byte) 0)
                    .putShort((short) LATER)
                    .putInt(1);
        }
        return transport(frame, packet, later);
    }

    private static ByteBuffer ethernet(int type, int payload) {
        return ByteBuffer.allocate(ETHERNET + payload).position(ETHERNET - 2).putShort((short) type);
    }

    private static byte[] transport(ByteBuffer frame, PacketTuple packet, boolean later) {
        if (!later && Protocols.hasPorts(packet.protocol())) {
            frame.putShort(packet.sourcePort().shortValue())
                    .putShort(packet.destPort().shortValue());
            if (packet.protocol() == Protocols.TCP) {
                frame.putLong(0).put((byte) 0x50).put(TCP_SYN);
            }
        } else if (!later && Protocols.isIcmp(packet.protocol())) {
            frame.put(packet.icmpType().byteValue()).put(packet.icmpCode().byteValue());
        }
        return frame.array();
    }

    private static int hopLimit(PacketTuple packet) {
        if (packet.protocol() != Protocols.ICMPV6 || packet.icmpType() == null) {
            return HOP_LIMIT;
        }
        return switch (packet.icmpType()) {
            case 133, 134, 135, 136, 137 -> ND_HOP_LIMIT;
            case 130, 131, 132, 143 -> MLD_HOP_LIMIT;
            default -> HOP_LIMIT;
        };
    }

    private static boolean isMapped(String address) {
        return address.startsWith("::ffff:");
    }

    private static boolean isLaterFragment(PacketTuple packet) {
        return Protocols.hasPorts(packet.protocol()) && packet.destPort() == null
                || Protocols.isIcmp(packet.protocol()) && packet.icmpType() == null;
    }
}
