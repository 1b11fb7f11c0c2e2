package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.PacketTuple;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Frames between the two hosts, over one IP version, with what {@link PacketBytes} leaves 0: flags, numbers, quotes. */
record FlowFrames(boolean isV6) {
    private static final int ETHERNET = 14;
    private static final int ICMP_HEADER = 8;

    byte[] frame(boolean isIn, FlowSequence.Content content) {
        return switch (content) {
            case FlowSequence.Ports ports -> ports(isIn, ports);
            case FlowSequence.Echo echo -> echo(isIn, echo);
            case FlowSequence.IcmpError error -> error(isIn, error);
        };
    }

    /** A TCP packet over IPv4 between the host and another peer; who sends is who has not the port that serves, 80. */
    byte[] between(byte[] peer, FlowSequence.Ports ports) {
        boolean isIn = ports.dest() == 80;
        byte[] frame = ports(isIn, ports);
        System.arraycopy(peer, 0, frame, ETHERNET + (isIn ? 12 : 16), peer.length);
        return frame;
    }

    /** The flow that the packet belongs to; an error's is the one it quotes. */
    FlowTuple tuple(boolean isIn, FlowSequence.Content content) {
        return switch (content) {
            case FlowSequence.Ports p -> new FlowTuple(source(isIn), p.source(), source(!isIn), p.dest(), p.protocol());
            case FlowSequence.Echo echo -> {
                int id = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
                        ? echo.id()
                        : Short.toUnsignedInt(Short.reverseBytes((short) echo.id()));
                yield new FlowTuple(source(isIn), id, source(!isIn), id, icmp());
            }
            case FlowSequence.IcmpError error -> tuple(!isIn, error.quoted());
        };
    }

    private byte[] ports(boolean isIn, FlowSequence.Ports ports) {
        byte[] frame = PacketBytes.frame(packet(isIn, ports.protocol(), ports.source(), ports.dest(), null));
        if (ports.protocol() == 6) {
            ByteBuffer.wrap(frame)
                    .putInt(transport() + 4, ports.seq())
                    .putInt(transport() + 8, ports.ack())
                    .put(transport() + 13, (byte) ports.flags());
        }
        return frame;
    }

    private byte[] echo(boolean isIn, FlowSequence.Echo echo) {
        int type = isV6 ? echo.isReply() ? 129 : 128 : echo.isReply() ? 0 : 8;
        byte[] frame = PacketBytes.frame(packet(isIn, icmp(), null, null, type));
        ByteBuffer.wrap(frame).putShort(transport() + 4, (short) echo.id());
        return frame;
    }

    private byte[] error(boolean isIn, FlowSequence.IcmpError error) {
        byte[] frame = PacketBytes.frame(packet(isIn, icmp(), null, null, isV6 ? 1 : 3));
        byte[] quoted = ports(!isIn, error.quoted());
        int at = transport() + ICMP_HEADER;
        byte[] whole = Arrays.copyOf(frame, at + quoted.length - ETHERNET);
        System.arraycopy(quoted, ETHERNET, whole, at, quoted.length - ETHERNET);
        return whole;
    }

    private PacketTuple packet(boolean isIn, int protocol, Integer source, Integer dest, Integer icmpType) {
        return new PacketTuple(
                isIn ? Direction.INGRESS : Direction.EGRESS,
                Addresses.format(source(isIn)),
                Addresses.format(source(!isIn)),
                protocol,
                source,
                dest,
                icmpType,
                icmpType == null ? null : 0,
                null);
    }

    /** Who sends a packet of this direction. */
    private byte[] source(boolean isIn) {
        return Addresses.parse(isIn ? isV6 ? TwoHosts.PEER6 : TwoHosts.PEER4 : isV6 ? TwoHosts.HOST6 : TwoHosts.HOST4);
    }

    private int icmp() {
        return isV6 ? 58 : 1;
    }

    private int transport() {
        return ETHERNET + (isV6 ? 40 : 20);
    }
}
