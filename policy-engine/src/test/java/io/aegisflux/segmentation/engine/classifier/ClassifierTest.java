package io.aegisflux.segmentation.engine.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.aegisflux.segmentation.engine.classifier.Boxes.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ClassifierTest {
    private static final int[] ENDS = {0, 1, 2, 1 << 24, Integer.MAX_VALUE, Integer.MIN_VALUE, -2, -1};

    @Property(tries = 500)
    void tellsEveryRuleThatCountsForThePoint(@ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int dimensions) {
        Random random = new Random(seed);
        Boxes boxes = randomBoxes(random, dimensions);
        Classifier classifier = Classifier.of(boxes, 0, dimensions / 2);
        for (int i = 0; i < 50; i++) {
            int[] point = randomPoint(random, dimensions);
            assertThat(all(classifier.at(point)))
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .containsAll(wanted(boxes, point));
        }
    }

    @Property(tries = 200)
    void tellsEveryRuleThatMayCountForAPointThatIsKnownInPart(
            @ForAll long seed, @ForAll @IntRange(min = 3, max = 12) int dimensions) {
        Random random = new Random(seed);
        Boxes boxes = randomBoxes(random, dimensions);
        Classifier classifier = Classifier.projected(boxes, 0, 7, 1, 2);
        for (int i = 0; i < 50; i++) {
            int[] point = randomPoint(random, dimensions);
            point[0] = 7;
            assertThat(all(classifier.at(point)))
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .containsAll(wanted(boxes, point));
        }
    }

    @Test
    void cutsWhatCanBeCutAndDropsWhatIsNeverAsked() {
        Boxes boxes = new Boxes(1, 1);
        for (int i = 0; i < 10_000; i++) {
            boxes.add(i, Effect.ENDS, true, new int[] {4 * i}, new int[] {4 * i + 3});
        }
        boxes.add(10_000, Effect.ENDS, true, new int[] {0}, new int[] {-1});
        boxes.add(10_001, Effect.ENDS, true, new int[] {0}, new int[] {-1});
        Classifier classifier = Classifier.of(boxes, 0, 0);

        assertThat(classifier.mostCandidates()).isLessThanOrEqualTo(TreeBuilder.SMALL);
        assertThat(all(classifier.at(4 * 777 + 1))).contains(777).doesNotContain(10_001);
        assertThat(classifier.size()).isLessThan(1 << 20);
    }

    @Test
    void asksOfManyOfWhichTheFirstCountsOnlyTheFirstThatHoldsAllPoints() {
        Boxes boxes = new Boxes(1, 1);
        for (int i = 0; i < 1_000; i++) {
            boxes.add(i, Effect.FIRST_COUNTS, true, new int[] {0}, new int[] {-1});
        }
        assertThat(all(Classifier.of(boxes, 0, 0).at(5))).containsExactly(0);
    }

    @Test
    void staysLinearInMemoryWhereEveryBoxCrossesEveryOther() {
        Boxes boxes = new Boxes(3, 1);
        for (int i = 0; i < 4_000; i++) {
            int[] low = i % 2 == 0 ? new int[] {0, i, 0} : new int[] {i, 0, i};
            int[] high = i % 2 == 0 ? new int[] {-1, i, -1} : new int[] {i, -1, i + 9};
            boxes.add(i, Effect.ENDS, true, low, high);
        }
        Classifier classifier = Classifier.of(boxes, 0, 1);

        assertThat(classifier.size()).isLessThan(4_000 * 200);
        assertThat(all(classifier.at(7, 6, 8))).contains(6, 7);
    }

    @Test
    void refusesMoreDimensionsThanANodeCanNameAndRulesOutOfOrder() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Boxes(15, 1));
        Boxes boxes = new Boxes(1, 1);
        boxes.add(2, Effect.ENDS, true, new int[1], new int[1]);
        assertThatIllegalArgumentException().isThrownBy(() -> boxes.add(1, Effect.ENDS, true, new int[1], new int[1]));
    }

    /** Two boxes a rule. */
    private static Boxes randomBoxes(Random random, int dimensions) {
        Boxes boxes = new Boxes(dimensions, 4);
        IntStream.range(0, random.nextInt(300)).forEach(i -> {
            int[] low = new int[dimensions];
            int[] high = new int[dimensions];
            for (int dimension = 0; dimension < dimensions; dimension++) {
                int a = random.nextInt(3) == 0 ? 0 : number(random);
                int b = random.nextInt(3) == 0 ? -1 : number(random);
                low[dimension] = Integer.compareUnsigned(a, b) < 0 ? a : b;
                high[dimension] = Integer.compareUnsigned(a, b) < 0 ? b : a;
            }
            Effect effect = Effect.values()[random.nextInt(Effect.values().length)];
            boxes.add(i / 2, effect, random.nextInt(4) > 0, low, high);
        });
        return boxes;
    }

    private static int[] randomPoint(Random random, int dimensions) {
        return IntStream.range(0, dimensions).map(dimension -> number(random)).toArray();
    }

    /** By a look at every box. */
    private static List<Integer> wanted(Boxes boxes, int[] point) {
        int[] at = IntStream.of(point).map(number -> number ^ Boxes.SIGN).toArray();
        List<Integer> wanted = new ArrayList<>();
        boolean first = true;
        for (int box = 0; box < boxes.size(); box++) {
            if (!boxes.covers(box, at, at)) {
                continue;
            }
            if (first || boxes.effect(box) != Effect.FIRST_COUNTS) {
                wanted.add(boxes.rule(box));
            }
            if (boxes.isExact(box) && boxes.effect(box) == Effect.ENDS) {
                return wanted;
            }
            first &= !boxes.isExact(box) || boxes.effect(box) != Effect.FIRST_COUNTS;
        }
        return wanted;
    }

    private static List<Integer> all(Candidates candidates) {
        List<Integer> all = new ArrayList<>();
        for (int rule = candidates.next(); rule != Candidates.END; rule = candidates.next()) {
            all.add(rule);
        }
        return all;
    }

    private static int number(Random random) {
        return random.nextInt(4) == 0 ? random.nextInt() : ENDS[random.nextInt(ENDS.length)];
    }
}
