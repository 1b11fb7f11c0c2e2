package io.aegisflux.segmentation.engine.linting;

import java.util.BitSet;
import java.util.List;

/** The bounds of many areas, one dimension after the other: passes over most that do not meet an area at a nanosecond each. */
final class Bounds {
    private static final long SIGN = Long.MIN_VALUE; // turned, so that signed comparison orders unsigned numbers

    private final long[][] low;
    private final long[][] high;

    /** @param areas which keep their places; nothing meets an empty one */
    Bounds(List<Area> areas) {
        low = new long[Area.DIMENSIONS][areas.size()];
        high = new long[Area.DIMENSIONS][areas.size()];
        for (int i = 0; i < areas.size(); i++) {
            Area area = areas.get(i);
            boolean isEmpty = area.isEmpty();
            for (int dimension = 0; dimension < Area.DIMENSIONS; dimension++) {
                low[dimension][i] = isEmpty ? Long.MAX_VALUE : area.lowest(dimension) ^ SIGN;
                high[dimension][i] = isEmpty ? Long.MIN_VALUE : area.highest(dimension) ^ SIGN;
            }
        }
    }

    /** Sets the places from {@code from} on, and before {@code other}, whose areas may meet that of {@code other}. */
    void collect(int from, int other, BitSet places) {
        for (int i = from; i < other && low[0][other] <= high[0][other]; i++) {
            int dimension = 0;
            while (dimension < Area.DIMENSIONS
                    && low[dimension][i] <= high[dimension][other]
                    && high[dimension][i] >= low[dimension][other]) {
                dimension++;
            }
            if (dimension == Area.DIMENSIONS) {
                places.set(i);
            }
        }
    }
}
