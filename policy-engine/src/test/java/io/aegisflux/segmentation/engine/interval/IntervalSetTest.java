package io.aegisflux.segmentation.engine.interval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class IntervalSetTest {
    /** Sets of the numbers from 0 to 63, each a bit of a word. */
    @Property
    void tellsWhetherASetHoldsAnotherOrMeetsIt(@ForAll long a, @ForAll long b, @ForAll boolean isPart) {
        long other = isPart ? a & b : b;

        assertThat(set(a).containsAll(set(other))).isEqualTo((other & ~a) == 0);
        assertThat(set(a).meets(set(other))).isEqualTo((a & other) != 0);
        assertThat(set(other).meets(set(a))).isEqualTo((a & other) != 0);
        for (int i = 0; i < Long.SIZE; i++) {
            assertThat(set(a).contains(U128.of(i))).isEqualTo((a >>> i & 1) == 1);
        }
    }

    private static IntervalSet set(long bits) {
        return IntervalSet.of(BitSet.valueOf(new long[] {bits}).stream()
                .mapToObj(i -> Interval.of(i, i))
                .toList());
    }
}
