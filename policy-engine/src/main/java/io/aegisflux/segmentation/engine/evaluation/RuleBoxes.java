package io.aegisflux.segmentation.engine.evaluation;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.classifier.Box;
import io.aegisflux.segmentation.engine.interval.U128;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rules and packets of one IP version as boxes and points: the words of both addresses, both ports, the protocol, the
 * direction. A port is one more than its number, and 0 where the packet has none, so that a rule that asks for ports holds no
 * such packet. A rule is in its boxes wholly, but they may hold more: whether it matches is for the rule to say.
 */
final class RuleBoxes {
    private static final int MOST = 256;

    private final int ipVersion;
    private final int words;

    /** @param ipVersion 4 or 6 */
    RuleBoxes(int ipVersion) {
        this.ipVersion = ipVersion;
        this.words = ipVersion == 4 ? 1 : 4;
    }

    int dimensions() {
        return 2 * words + 4;
    }

    /** The first word of either address. */
    int[] sides() {
        return new int[] {0, words};
    }

    int[] point(Packet packet) {
        int[] point = new int[dimensions()];
        address(packet.source(), point, 0);
        address(packet.dest(), point, words);
        point[2 * words] = packet.sourcePort() + 1; // Packet.ABSENT becomes 0
        point[2 * words + 1] = packet.destPort() + 1;
        point[2 * words + 2] = packet.protocol();
        point[2 * words + 3] = packet.ingress() ? 0 : 1;
        return point;
    }

    /** The boxes of a rule, none if it is of the other IP version. */
    List<Box> of(int index, TableRule rule) {
        if (rule.ipVersion() != null && rule.ipVersion() != ipVersion) {
            return List.of();
        }
        List<List<Range>> members = new ArrayList<>(List.of(
                addresses(rule.sources()),
                addresses(rule.destinations()),
                numbers(rule.sourcePorts(), 1),
                numbers(rule.destPorts(), 1),
                numbers(rule.protocols(), 0),
                List.of(direction(rule.direction()))));
        boolean exact = rule.icmpTypes() == null
                && rule.icmpCodes() == null
                && rule.interfaces() == null
                && rule.expiresAt() == null;
        while (count(members) > MOST) {
            int longest = IntStream.range(0, members.size())
                    .boxed()
                    .max(Comparator.comparingInt(i -> members.get(i).size()))
                    .orElseThrow();
            members.set(longest, List.of(Range.around(members.get(longest))));
            exact = false;
        }
        List<Range> boxes = List.of(new Range(new int[0], new int[0]));
        for (List<Range> member : members) {
            boxes = boxes.stream().flatMap(box -> member.stream().map(box::and)).toList();
        }
        boolean ends = exact && rule.isTerminal();
        return boxes.stream()
                .map(box -> new Box(index, box.low(), box.high(), ends))
                .toList();
    }

    private static double count(List<List<Range>> members) {
        return members.stream().mapToDouble(List::size).reduce(1, (a, b) -> a * b);
    }

    private void address(U128 address, int[] point, int at) {
        if (ipVersion == 4) {
            point[at] = (int) address.low();
            return;
        }
        point[at] = (int) (address.high() >>> 32);
        point[at + 1] = (int) address.high();
        point[at + 2] = (int) (address.low() >>> 32);
        point[at + 3] = (int) address.low();
    }

    private List<Range> addresses(List<Prefix> prefixes) {
        if (prefixes == null) {
            return List.of(range(ipVersion == 4 ? Prefix.ANY4 : Prefix.ANY6));
        }
        return prefixes.stream()
                .filter(prefix -> prefix.ipVersion() == ipVersion)
                .map(this::range)
                .toList();
    }

    private Range range(Prefix prefix) {
        int[] low = new int[words];
        int[] high = new int[words];
        for (int i = 0; i < words; i++) {
            long half = i < 2 ? prefix.high() : prefix.low();
            low[i] = (int) (half >>> (i % 2 == 0 ? 32 : 0));
            int free = Math.clamp(32L * (i + 1) - prefix.length(), 0, 32);
            high[i] = low[i] | (int) ((1L << free) - 1);
        }
        return new Range(low, high);
    }

    /** @param first what number 0 is */
    private static List<Range> numbers(List<NumberRange> ranges, int first) {
        if (ranges == null) {
            return List.of(Range.of(0, NumberRange.ANY.high() + first));
        }
        return ranges.stream()
                .map(range -> Range.of(range.low() + first, range.high() + first))
                .toList();
    }

    private static Range direction(Direction direction) {
        return switch (direction) {
            case INGRESS -> Range.of(0, 0);
            case EGRESS -> Range.of(1, 1);
            case BOTH -> Range.of(0, 1);
        };
    }

    /** A box of some of the dimensions. */
    private record Range(int[] low, int[] high) {
        static Range of(int low, int high) {
            return new Range(new int[] {low}, new int[] {high});
        }

        /** The smallest that holds all of them. */
        static Range around(List<Range> ranges) {
            Range first = ranges.getFirst();
            int[] low = first.low.clone();
            int[] high = first.high.clone();
            for (Range each : ranges) {
                for (int i = 0; i < low.length; i++) {
                    low[i] = Integer.compareUnsigned(each.low[i], low[i]) < 0 ? each.low[i] : low[i];
                    high[i] = Integer.compareUnsigned(each.high[i], high[i]) > 0 ? each.high[i] : high[i];
                }
            }
            return new Range(low, high);
        }

        Range and(Range more) {
            return new Range(joined(low, more.low), joined(high, more.high));
        }

        private static int[] joined(int[] some, int[] more) {
            int[] all = Arrays.copyOf(some, some.length + more.length);
            System.arraycopy(more, 0, all, some.length, more.length);
            return all;
        }
    }
}
