package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LongSetTest {
    @Test
    void holdsWhatASetOfTheLibraryHolds() {
        LongSet numbers = new LongSet();
        for (int round = 0; round < 3; round++) {
            Set<Long> expected = new HashSet<>();
            Random random = new Random(round);
            for (int i = 0; i < 20_000; i++) {
                long number = i % 3 == 0 ? random.nextInt(5_000) : random.nextLong();
                numbers.add(number);
                expected.add(number);
            }
            assertThat(numbers.size()).isEqualTo(expected.size());
            for (long number = -5_000; number < 5_000; number++) {
                assertThat(numbers.contains(number)).isEqualTo(expected.contains(number));
            }
            assertThat(expected).allMatch(numbers::contains);
            numbers.clear();
            assertThat(numbers.size()).isZero();
            assertThat(numbers.contains(0)).isFalse();
        }
    }
}
