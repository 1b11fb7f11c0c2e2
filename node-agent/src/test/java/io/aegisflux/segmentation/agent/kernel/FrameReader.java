package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.kernel.FrameReading.Arp;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Icmp;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Ip;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Malformed;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Other;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Part;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Ports;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * A second reading of frames, after the standards and apart from bpf/parse.h: each layer is cut out as a buffer of its own,
 * and what reads beyond its end makes the frame malformed.
 */
final class FrameReader {
    private static final int TAGS = 2; // IEEE 802.1Q and 802.1ad; what is tagged more often is left alone
    private static final int EXTENSIONS = 8; // RFC 8504 §5.3 lets a host set a limit
    private static final int MINIMUM_IHL = 5;

    private FrameReader() {}

    /** Reads an Ethernet frame. */
    static FrameReading ofEthernet(byte[] bytes) {
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        try {
            int type = type(frame.position(12));
            for (int tags = 0; tags < TAGS && (type == 0x8100 || type == 0x88A8); tags++) {
                frame.getShort();
                type = type(frame);
            }
            return packet(frame, type);
        } catch (BufferUnderflowException e) {
            return new Other(); // it ends before it says that it is IP
        }
    }

    /** Reads a packet without Ethernet header, whose version tells what it is. */
    static FrameReading ofPacket(byte[] bytes) {
        int version = bytes[0] >> 4 & 0xF;
        return packet(ByteBuffer.wrap(bytes), version == 4 ? 0x0800 : version == 6 ? 0x86DD : 0);
    }

    private static FrameReading packet(ByteBuffer rest, int type) {
        try {
            return switch (type) {
                case 0x0800 -> ipv4(rest);
                case 0x86DD -> ipv6(rest);
                case 0x0806 -> new Arp();
                default -> new Other();
            };
        } catch (BufferUnderflowException e) {
            return new Malformed();
        }
    }

    /** RFC 791. */
    private static FrameReading ipv4(ByteBuffer packet) {
        int first = packet.get() & 0xFF;
        packet.get();
        int length = packet.getShort() & 0xFFFF;
        int id = packet.getShort() & 0xFFFF;
        int flagsAndOffset = packet.getShort();
        int ttl = packet.get() & 0xFF;
        int protocol = packet.get() & 0xFF;
        packet.getShort();
        String source = hex(packet, 4);
        String destination = hex(packet, 4);
        int ihl = first & 0xF;
        if (first >> 4 != 4 || ihl < MINIMUM_IHL || length > 0 && length < 4 * ihl) {
            return new Malformed();
        }
        skip(packet, 4 * (ihl - MINIMUM_IHL));
        int offset = flagsAndOffset & 0x1FFF;
        if (offset == 1 && protocol == 6) {
            return new Malformed(); // RFC 3128
        }
        Part part = offset > 0 ? Part.LATER : (flagsAndOffset & 0x2000) != 0 ? Part.FIRST : Part.WHOLE;
        // bytes behind the datagram are padding of the link (RFC 894); length 0 is Linux' own, of a BIG TCP packet
        int end = packet.position() + length - 4 * ihl;
        return transport(
                cut(packet, length == 0 ? packet.limit() : end),
                new Ip(4, source, destination, protocol, ttl, part, part == Part.WHOLE ? 0 : id, null, 0, null));
    }

    /** RFC 8200. */
    private static FrameReading ipv6(ByteBuffer packet) {
        int first = packet.getInt();
        int length = packet.getShort() & 0xFFFF;
        int next = packet.get() & 0xFF;
        int hopLimit = packet.get() & 0xFF;
        String source = hex(packet, 16);
        String destination = hex(packet, 16);
        if (first >>> 28 != 6) {
            return new Malformed();
        }
        // length 0: a jumbogram (RFC 2675), also one of this host's own without the option
        ByteBuffer payload = cut(packet, length == 0 ? packet.limit() : packet.position() + length);
        return chain(payload, 0, new Ip(6, source, destination, next, hopLimit, Part.WHOLE, 0, null, 0, null));
    }

    /** What comes behind a header that names {@code soFar.protocol()} as the next. */
    private static FrameReading chain(ByteBuffer rest, int passed, Ip soFar) {
        switch (soFar.protocol()) {
            case 0, 43, 44, 51, 60 -> {
                if (passed == EXTENSIONS) {
                    return new Malformed();
                }
            }
            default -> {
                return transport(rest, soFar);
            }
        }
        int next = rest.get() & 0xFF;
        int length = rest.get() & 0xFF;
        if (soFar.protocol() == 44) {
            int offset = rest.getShort() & 0xFFFF;
            int id = rest.getInt();
            if (soFar.part() != Part.WHOLE) {
                return new Malformed(); // a fragment is not fragmented again
            }
            Part part = offset >> 3 > 0 ? Part.LATER : (offset & 1) != 0 ? Part.FIRST : Part.WHOLE;
            Ip fragment = part == Part.WHOLE ? with(soFar, next, part, 0) : with(soFar, next, part, id);
            return part == Part.LATER ? fragment : chain(rest, passed + 1, fragment);
        }
        // RFC 4302 §2.2 for 51: words of 4 bytes less 2; all others: of 8 bytes less 1
        skip(rest, (soFar.protocol() == 51 ? 4 * (length + 2) : 8 * (length + 1)) - 2);
        return chain(rest, passed + 1, with(soFar, next, soFar.part(), soFar.fragmentId()));
    }

    private static FrameReading transport(ByteBuffer message, Ip ip) {
        if (ip.part() == Part.LATER) {
            return ip;
        }
        return switch (ip.protocol()) {
            case 6 -> { // RFC 9293: 20 bytes at least, RFC 1858 in a first fragment too
                Ports ports = ports(message);
                message.getLong();
                message.get();
                int flags = message.get() & 0xFF;
                skip(message, 6);
                yield with(ip, ports, flags, null);
            }
            case 17, 132 -> { // RFC 768 and the part of RFC 9260 that each first fragment holds: 8 bytes
                Ports ports = ports(message);
                message.getInt();
                yield with(ip, ports, 0, null);
            }
            case 1, 58 -> with(ip, null, 0, icmp(message));
            default -> ip;
        };
    }

    private static Ports ports(ByteBuffer message) {
        return new Ports(message.getShort() & 0xFFFF, message.getShort() & 0xFFFF);
    }

    /** RFC 792, 4443: type, code and checksum, then 4 bytes that depend on the type, then a body. */
    private static Icmp icmp(ByteBuffer message) {
        int type = message.get() & 0xFF;
        int code = message.get() & 0xFF;
        message.getShort();
        if (message.remaining() < 4) {
            return new Icmp(type, code, 0, 0);
        }
        int id = message.getShort() & 0xFFFF;
        message.getShort();
        return new Icmp(type, code, id, message.position());
    }

    private static Ip with(Ip ip, int protocol, Part part, int fragmentId) {
        return new Ip(
                ip.version(),
                ip.source(),
                ip.destination(),
                protocol,
                ip.hopLimit(),
                part,
                fragmentId,
                ip.ports(),
                ip.tcpFlags(),
                ip.icmp());
    }

    private static Ip with(Ip ip, Ports ports, int tcpFlags, Icmp icmp) {
        return new Ip(
                ip.version(),
                ip.source(),
                ip.destination(),
                ip.protocol(),
                ip.hopLimit(),
                ip.part(),
                ip.fragmentId(),
                ports,
                tcpFlags,
                icmp);
    }

    private static int type(ByteBuffer frame) {
        return frame.getShort() & 0xFFFF;
    }

    private static String hex(ByteBuffer from, int bytes) {
        byte[] address = new byte[bytes];
        from.get(address);
        return HexFormat.of().formatHex(address);
    }

    private static void skip(ByteBuffer buffer, int bytes) {
        if (bytes > buffer.remaining()) {
            throw new BufferUnderflowException();
        }
        buffer.position(buffer.position() + bytes);
    }

    private static ByteBuffer cut(ByteBuffer buffer, int end) {
        return buffer.limit(Math.min(end, buffer.limit()));
    }
}
