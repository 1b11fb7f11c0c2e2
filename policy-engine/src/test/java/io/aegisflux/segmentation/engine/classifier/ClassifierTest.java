package io.aegisflux.segmentation.engine.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
    void tellsEveryRuleThatHoldsThePointUpToTheOneThatEnds(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int dimensions) {
        Random random = new Random(seed);
        List<Box> boxes = IntStream.range(0, random.nextInt(300))
                .mapToObj(i -> box(random, i / 2, dimensions)) // two boxes a rule
                .toList();
        Classifier classifier = Classifier.of(dimensions, new int[] {0, dimensions / 2}, boxes);
        for (int i = 0; i < 50; i++) {
            int[] point = IntStream.range(0, dimensions)
                    .map(dimension -> number(random))
                    .toArray();
            List<Integer> found = all(classifier.at(point));
            assertThat(found).isSorted().doesNotHaveDuplicates().containsAll(wanted(boxes, point));
        }
    }

    @Test
    void cutsWhatCanBeCutAndDropsWhatIsNeverAsked() {
        List<Box> boxes = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            boxes.add(new Box(i, new int[] {4 * i}, new int[] {4 * i + 3}, true));
        }
        boxes.add(new Box(10_000, new int[] {0}, new int[] {-1}, true));
        boxes.add(new Box(10_001, new int[] {0}, new int[] {-1}, true));
        Classifier classifier = Classifier.of(1, new int[] {0}, boxes);

        assertThat(classifier.mostCandidates()).isLessThanOrEqualTo(TreeBuilder.SMALL);
        assertThat(all(classifier.at(new int[] {4 * 777 + 1}))).contains(777).doesNotContain(10_001);
        assertThat(classifier.size()).isLessThan(1 << 20);
    }

    @Test
    void staysLinearInMemoryWhereEveryBoxCrossesEveryOther() {
        List<Box> boxes = IntStream.range(0, 4_000)
                .mapToObj(i -> i % 2 == 0
                        ? new Box(i, new int[] {0, i, 0}, new int[] {-1, i, -1}, true)
                        : new Box(i, new int[] {i, 0, i}, new int[] {i, -1, i + 9}, true))
                .toList();
        Classifier classifier = Classifier.of(3, new int[] {0, 1}, boxes);

        assertThat(classifier.size()).isLessThan(4_000 * 200);
        assertThat(all(classifier.at(new int[] {7, 6, 8}))).contains(6, 7);
    }

    @Test
    void refusesMoreDimensionsThanANodeCanName() {
        assertThatIllegalArgumentException().isThrownBy(() -> Classifier.of(15, new int[] {0}, List.of()));
    }

    private static List<Integer> wanted(List<Box> boxes, int[] point) {
        List<Integer> wanted = new ArrayList<>();
        for (Box box : boxes) {
            if (box.covers(point, point)) {
                wanted.add(box.rule());
                if (box.ends()) {
                    return wanted;
                }
            }
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

    private static Box box(Random random, int rule, int dimensions) {
        int[] low = new int[dimensions];
        int[] high = new int[dimensions];
        for (int i = 0; i < dimensions; i++) {
            int a = random.nextInt(3) == 0 ? 0 : number(random);
            int b = random.nextInt(3) == 0 ? -1 : number(random);
            low[i] = Integer.compareUnsigned(a, b) < 0 ? a : b;
            high[i] = Integer.compareUnsigned(a, b) < 0 ? b : a;
        }
        return new Box(rule, low, high, random.nextBoolean());
    }

    private static int number(Random random) {
        return random.nextInt(4) == 0 ? random.nextInt() : ENDS[random.nextInt(ENDS.length)];
    }
}
