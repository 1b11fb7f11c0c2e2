package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.contracts.MetricsReport.MapUse;
import java.lang.foreign.MemorySegment;

/**
 * Counts the live entries of a map of flows by reading all of it: the kernel tells nobody what it evicts, and an entry
 * whose time has passed stays until its place is needed.
 */
final class FlowCensus {
    private static final long PROTOCOL = Structs.offset(Structs.FLOW_KEY, "proto");
    private static final long LAST_SEEN = Structs.offset(Structs.FLOW, "last_seen");
    private static final long STATE = Structs.offset(Structs.FLOW, "state");
    private static final long NANOS = 1_000_000_000;
    private static final FlowState[] STATES = FlowState.values();

    private final long now;
    private long live;

    private FlowCensus(long now) {
        this.now = now;
    }

    /**
     * The live entries now.
     *
     * @param map {@code conntrack} or {@code opening}; stays the caller's
     */
    static MapUse of(String name, BpfMap map) throws BpfException {
        FlowCensus census = new FlowCensus(MonotonicClock.nanos());
        map.forEach(census::count);
        return new MapUse(name, census.live, map.maxEntries());
    }

    private void count(MemorySegment key, MemorySegment flow) {
        FlowState state = STATES[flow.get(JAVA_BYTE, STATE)];
        int protocol = Byte.toUnsignedInt(key.get(JAVA_BYTE, PROTOCOL));
        if (now - flow.get(JAVA_LONG, LAST_SEEN) <= state.timeout(protocol) * NANOS) {
            live++;
        }
    }
}
