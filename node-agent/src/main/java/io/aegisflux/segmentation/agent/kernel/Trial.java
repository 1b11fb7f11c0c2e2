package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What a program left about the packet of a test run ({@code struct trial} of bpf/maps.h).
 *
 * @param rule the deciding rule's slot, or {@link Book#NO_SLOT}
 * @param audit the slot of the audit rule that would have denied, or NO_SLOT
 * @param mark meaningful when {@code marked}
 * @param dscp to be set; {@link #NO_DSCP} for none
 * @param limit of the deciding rule as a box has it; 0 for none
 */
record Trial(Verdict verdict, Reason reason, int rule, int audit, int mark, boolean marked, int dscp, int limit) {
    static final int NO_DSCP = -1;

    /**
     * Reads it.
     *
     * @param map {@code trials}
     */
    static Trial read(BpfMap map) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(Structs.TRIAL);
            map.lookup(DatapathMaps.key(arena, 0), value);
            return new Trial(
                    Verdict.values()[value.getAtIndex(JAVA_INT, 0)],
                    Reason.values()[value.getAtIndex(JAVA_INT, 1)],
                    value.getAtIndex(JAVA_INT, 2),
                    value.getAtIndex(JAVA_INT, 3),
                    value.getAtIndex(JAVA_INT, 4),
                    value.getAtIndex(JAVA_INT, 5) != 0,
                    value.getAtIndex(JAVA_INT, 6) - 1,
                    value.getAtIndex(JAVA_INT, 7));
        }
    }
}
