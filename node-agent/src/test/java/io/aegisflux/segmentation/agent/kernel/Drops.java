package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.contracts.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What the programs dropped, at all hooks together. */
final class Drops implements AutoCloseable {
    private final BpfMap totals;

    Drops(PinDirectory pins) throws BpfException {
        totals = BpfMap.ofPin(pins.map("totals"));
    }

    /** Packets, for this reason. */
    long packets(Reason reason) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate(totals.valueBytes(), 8);
            totals.lookup(DatapathMaps.key(arena, 0), all);
            long drops = Structs.offset(Structs.TOTALS, "drops") + 8L * reason.ordinal();
            long sum = 0;
            for (long cpu = 0; cpu < all.byteSize(); cpu += Structs.TOTALS.byteSize()) {
                sum += all.get(JAVA_LONG, cpu + drops);
            }
            return sum;
        }
    }

    @Override
    public void close() {
        totals.close();
    }
}
