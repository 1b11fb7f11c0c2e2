package io.aegisflux.segmentation.engine.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SegmentTreeTest {
    private static final int[] WORDS = {0, 1, 2, 3, 1 << 24, Integer.MAX_VALUE, Integer.MIN_VALUE, -2, -1};
    private static final Comparator<int[]> ORDER = Arrays::compareUnsigned;

    @Property(tries = 2_000)
    void findsTheSegmentOfEveryNumber(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int words, @ForAll @IntRange(max = 60) int more) {
        Random random = new Random(seed);
        TreeSet<int[]> starts = new TreeSet<>(ORDER);
        starts.add(new int[words]);
        for (int i = 0; i < more; i++) {
            starts.add(number(random, words));
        }
        int[][] ordered = starts.toArray(new int[0][]);
        int[] leaves = IntStream.range(0, ordered.length).map(i -> 7 * i + 1).toArray();
        SegmentTree tree = SegmentTree.of(ordered, leaves, 3);
        for (int i = 0; i < 200; i++) {
            int[] number = i < ordered.length ? ordered[i] : number(random, words);
            int[] point = new int[3 + words];
            System.arraycopy(number, 0, point, 3, words);
            assertThat(tree.at(point))
                    .as(Arrays.toString(number))
                    .isEqualTo(7 * (starts.headSet(number, true).size() - 1) + 1);
        }
    }

    @Test
    void isAsDeepAsHalvingTakes() {
        int[][] starts = IntStream.range(0, 1 << 12)
                .mapToObj(i -> new int[] {i << 4, 0, 0, i == 0 ? 0 : 1})
                .toArray(int[][]::new);
        long[] nodes = SegmentTree.of(starts, new int[starts.length], 0).nodes();
        assertThat(depth(nodes, 0)).isBetween(12, 12 + 1 + 3 * 2);
    }

    @Test
    void refusesSegmentsWithoutLeaves() {
        assertThatIllegalArgumentException().isThrownBy(() -> SegmentTree.of(new int[1][1], new int[2], 0));
    }

    private static int[] number(Random random, int words) {
        return random.ints(words, 0, WORDS.length).map(i -> WORDS[i]).toArray();
    }

    private static int depth(long[] nodes, int node) {
        if (Node.isLeaf(nodes[node])) {
            return 0;
        }
        int place = Node.place(nodes[node]);
        return 1 + Math.max(depth(nodes, place), depth(nodes, place + 1));
    }
}
