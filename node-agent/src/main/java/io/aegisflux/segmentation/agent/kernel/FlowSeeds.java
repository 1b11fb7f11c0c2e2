package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.aegisflux.segmentation.agent.kernel.SocketTable.Connection;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Tells conntrack of connections that are older than the programs, with who opened them. */
final class FlowSeeds {
    /** Of before any table: under the first one these flows go on, from the second on they are judged. */
    static final int BEFORE_ANY_TABLE = 0;

    /** Never in force: every table judges these flows, by the direction in which they were opened. */
    static final int NO_GENERATION = -1;

    private static final int INGRESS = 0;
    private static final int EGRESS = 1;
    private static final int ALLOWED = 1; // FLOW_ALLOWED

    private FlowSeeds() {}

    /**
     * Writes an entry for each connection, over one that may be there: sockets know what packets only let guess. Which
     * interface they use is left open until their next packet.
     *
     * @param conntrack of bpf/conntrack.h; stays the caller's
     * @param generation one of the constants here
     */
    static void write(BpfMap conntrack, List<Connection> connections, int generation) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(Structs.FLOW_KEY);
            MemorySegment flow = arena.allocate(Structs.FLOW);
            for (Connection connection : connections) {
                connection.outgoing().writeKey(key);
                fill(flow, connection, generation);
                conntrack.update(key, flow);
            }
        }
    }

    private static void fill(MemorySegment flow, Connection connection, int generation) {
        flow.fill((byte) 0);
        flow.set(JAVA_LONG, Structs.offset(Structs.FLOW, "last_seen"), MonotonicClock.nanos());
        MemorySegment verdict = flow.asSlice(
                Structs.offset(Structs.FLOW, "verdict")
                        + (connection.isOpenedHere() ? EGRESS : INGRESS) * Structs.FLOW_VERDICT.byteSize(),
                Structs.FLOW_VERDICT);
        verdict.set(JAVA_INT, Structs.offset(Structs.FLOW_VERDICT, "generation"), generation);
        verdict.set(JAVA_INT, Structs.offset(Structs.FLOW_VERDICT, "rule"), Book.NO_SLOT);
        verdict.set(JAVA_INT, Structs.offset(Structs.FLOW_VERDICT, "audit"), Book.NO_SLOT);
        verdict.set(JAVA_INT, Structs.offset(Structs.FLOW_VERDICT, "flags"), ALLOWED);
        boolean isFromA = connection.outgoing().isFromA() == connection.isOpenedHere();
        flow.set(JAVA_BYTE, Structs.offset(Structs.FLOW, "from_a"), (byte) (isFromA ? 1 : 0));
        flow.set(JAVA_BYTE, Structs.offset(Structs.FLOW, "state"), (byte)
                connection.state().ordinal());
    }
}
