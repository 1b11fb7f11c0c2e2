package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What packets of one direction of a flow have in common.
 *
 * @param source 4 or 16 bytes, as long as {@code dest}
 * @param sourcePort for ICMP echoes both are the identifier, as read in the host's byte order
 */
record FlowTuple(byte[] source, int sourcePort, byte[] dest, int destPort, int protocol) {
    FlowTuple {
        if (source.length != dest.length) {
            throw new IllegalArgumentException(
                    "addresses of %d and %d bytes make no flow".formatted(source.length, dest.length));
        }
    }

    /** The packets of the other direction. */
    FlowTuple reversed() {
        return new FlowTuple(dest, destPort, source, sourcePort, protocol);
    }

    /** Whether the source is end a of {@code struct flow_key}: the lower by its words as the host reads them. */
    boolean isFromA() {
        ByteBuffer ours = ByteBuffer.wrap(source).order(ByteOrder.nativeOrder());
        ByteBuffer theirs = ByteBuffer.wrap(dest).order(ByteOrder.nativeOrder());
        while (ours.hasRemaining()) {
            int order = Integer.compareUnsigned(ours.getInt(), theirs.getInt());
            if (order != 0) {
                return order < 0;
            }
        }
        return sourcePort <= destPort;
    }

    /** Writes the key of the flow, a {@code struct flow_key}; it is the same for both directions. */
    void writeKey(MemorySegment key) {
        FlowTuple fromA = isFromA() ? this : reversed();
        key.fill((byte) 0);
        put(key, "a", fromA.source);
        put(key, "b", fromA.dest);
        key.set(JAVA_SHORT, Structs.offset(Structs.FLOW_KEY, "a_port"), (short) fromA.sourcePort);
        key.set(JAVA_SHORT, Structs.offset(Structs.FLOW_KEY, "b_port"), (short) fromA.destPort);
        key.set(JAVA_BYTE, Structs.offset(Structs.FLOW_KEY, "proto"), (byte) protocol);
        key.set(JAVA_BYTE, Structs.offset(Structs.FLOW_KEY, "family"), (byte) (source.length == 4 ? 4 : 6));
    }

    private static void put(MemorySegment key, String member, byte[] address) {
        MemorySegment.copy(address, 0, key, JAVA_BYTE, Structs.offset(Structs.FLOW_KEY, member), address.length);
    }
}
