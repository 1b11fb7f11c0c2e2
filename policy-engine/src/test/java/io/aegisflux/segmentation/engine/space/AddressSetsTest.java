package io.aegisflux.segmentation.engine.space;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.space.AddressSets.Side;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the kernel makes of the words and trees is DifferentialIT's. */
class AddressSetsTest {
    private static final List<Prefix> SITE = addresses(0, 400);
    private static final List<Prefix> LEFT = addresses(0, 200);
    private static final List<Prefix> RIGHT = addresses(200, 400);
    private static final List<Prefix> FIRST = addresses(0, 100);
    private static final List<Prefix> CROSSING = addresses(150, 250);

    @Test
    void aSetThatHoldsOthersOrLiesInThemIsOneRangeOfClasses() {
        AddressSets sets = sets(-1L, rule(LEFT, RIGHT), rule(SITE, null), rule(RIGHT, FIRST), rule(FIRST, SITE));
        for (List<Prefix> list : List.of(SITE, LEFT, RIGHT, FIRST)) {
            assertThat(sets.parts(Side.SOURCE, list)).hasSize(1);
        }
        assertThat(sets.bits()).isZero();
        assertThat(RuleBox.count(rule(LEFT, RIGHT), 4, sets)).isEqualTo(20);
    }

    @Test
    void aSetThatCrossesOthersHasABitAndWithoutOneSomeRanges() {
        TableRule[] rules = {rule(LEFT, null), rule(RIGHT, null), rule(CROSSING, null)};
        AddressSets withBits = sets(0b1110, rules);
        assertThat(withBits.parts(Side.SOURCE, CROSSING)).hasSize(1);
        assertThat(withBits.bits(Side.SOURCE)).isEqualTo(0b1000);
        assertThat(withBits.words(Side.SOURCE)).containsExactlyInAnyOrder(0, 0, 0, 0b1000, 0b1000);
        AddressSets withoutBits = sets(0, rules);
        assertThat(withoutBits.parts(Side.SOURCE, CROSSING)).hasSize(2);
        assertThat(withoutBits.bits()).isZero();
    }

    @Test
    void listsThatMakeFewBoxesAreMultipliedOut() {
        List<Prefix> few = addresses(0, 15);
        AddressSets sets = sets(-1L, rule(few, few), rule(addresses(0, 50), null));
        assertThat(sets.isEmpty()).isTrue();
        assertThat(RuleBox.of(rule(few, few), 4, sets)).hasSize(15 * 15 * 20);
    }

    private static AddressSets sets(long freeBits, TableRule... rules) {
        return AddressSets.of(List.of(rules), PacketSpace.V4, freeBits);
    }

    /** Every other address, so that no two make a prefix. */
    private static List<Prefix> addresses(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> Prefix.parse("10.0.%d.%d".formatted(2 * i / 256, 2 * i % 256)))
                .toList();
    }

    /** With 20 ports that make no ranges. */
    private static TableRule rule(List<Prefix> sources, List<Prefix> destinations) {
        List<NumberRange> ports = IntStream.range(0, 20)
                .mapToObj(i -> new NumberRange(2 * i, 2 * i))
                .toList();
        return new TableRule(
                0,
                "r",
                0,
                Action.DENY,
                false,
                Direction.INGRESS,
                4,
                null,
                sources,
                destinations,
                null,
                ports,
                null,
                null,
                null,
                0,
                null,
                null,
                null);
    }
}
