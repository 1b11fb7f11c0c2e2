package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {
    @Test
    void isBehindWhoeverHasReadMoreOfAnyStream() {
        Position here = new Position(5, 5, 5, 5, 5);
        assertThat(here.isBehind(here)).isFalse();
        assertThat(here.isBehind(new Position(4, 4, 4, 4, 4))).isFalse();
        assertThat(here.isBehind(new Position(6, 1, 1, 1, 1))).isTrue();
        assertThat(here.isBehind(new Position(1, 6, 1, 1, 1))).isTrue();
        assertThat(here.isBehind(new Position(1, 1, 6, 1, 1))).isTrue();
        assertThat(here.isBehind(new Position(1, 1, 1, 6, 1))).isTrue();
        assertThat(here.isBehind(new Position(1, 1, 1, 1, 6))).isTrue();
    }

    @Test
    void readsWhatItWrites() {
        Position position = new Position(12, 0, 3, 7, 9);
        assertThat(position).hasToString("12/0/3/7/9");
        assertThat(Position.parse("12/0/3/7/9")).contains(position);
    }

    @Test
    void readsWhatWasWrittenBeforeThereWereWorkloadsAndRollouts() {
        assertThat(Position.parse("12/0/3")).contains(new Position(12, 0, 3, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1/2", "1/2/3/4", "1/2/3/4/5/6", "-1/2/3", "1/2/x", "1/2/99999999999999999999"})
    void readsNothingElse(String text) {
        assertThat(Position.parse(text)).isEmpty();
    }

    @Test
    void refusesNegativeSequences() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Position(0, -1, 0, 0, 0))
                .withMessageContaining("-1");
    }
}
