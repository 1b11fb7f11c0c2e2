package io.aegisflux.segmentation.engine.space;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.classifier.Boxes;
import io.aegisflux.segmentation.engine.classifier.Classifier;
import io.aegisflux.segmentation.engine.interval.U128;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The space that packets of one IP version are points of, as bpf/classify.h has it too: the words of the source and of the
 * destination address, the source port, the destination port or ICMP type and code, the protocol, the direction. A port is
 * one more than its number, type and code begin at {@link #ICMP}, and 0 stands for none of these, so that a rule that asks
 * for them holds no such packet. Where rules name large sets of addresses, the classes of both addresses come behind.
 */
public enum PacketSpace {
    V4(4, 1),
    V6(6, 4);

    /** Where ICMP type × 256 + code begins in the dimension of the destination port. */
    public static final int ICMP = 0x20000;

    private static final int ANY = -1;
    private static final int INGRESS = 0;
    private static final int EGRESS = 1;
    private static final NumberRange BYTE = new NumberRange(0, 0xFF);

    private final int ipVersion;
    private final int words;

    PacketSpace(int ipVersion, int words) {
        this.ipVersion = ipVersion;
        this.words = words;
    }

    /** The space of IP version 4 or 6. */
    public static PacketSpace of(int ipVersion) {
        return ipVersion == 4 ? V4 : V6;
    }

    public int ipVersion() {
        return ipVersion;
    }

    /** How many words an address has, of 32 bits. */
    int words() {
        return words;
    }

    /** Room for boxes of this space. */
    public Boxes boxes(int expected, AddressSets sets) {
        return new Boxes(2 * words + (sets.isEmpty() ? 4 : 6), expected);
    }

    /** The classifier of boxes of this space. */
    public Classifier classifier(Boxes boxes) {
        return Classifier.of(boxes, 0, words);
    }

    /** A classifier for connections that leave, of which neither source address nor source port nor interface is known. */
    public Classifier connectClassifier(Boxes boxes) {
        IntStream addresses = IntStream.range(words, 2 * words);
        IntStream portAndProtocol = IntStream.of(2 * words + 1, 2 * words + 2);
        IntStream classOfDestination = IntStream.of(2 * words + 5).filter(dimension -> dimension < boxes.dimensions());
        int[] known = Stream.of(addresses, portAndProtocol, classOfDestination)
                .flatMapToInt(dimensions -> dimensions)
                .toArray();
        return Classifier.projected(boxes, 2 * words + 3, EGRESS, known);
    }

    /** A packet; its ports, ICMP type and code are -1 where it has none. */
    public int[] point(
            U128 source,
            U128 destination,
            int sourcePort,
            int destPort,
            int icmpType,
            int icmpCode,
            int protocol,
            boolean ingress) {
        int[] point = new int[2 * words + 4];
        System.arraycopy(words(source), 0, point, 0, words);
        System.arraycopy(words(destination), 0, point, words, words);
        point[2 * words] = sourcePort + 1;
        point[2 * words + 1] = icmpType < 0 ? destPort + 1 : ICMP + (icmpType << 8) + Math.max(icmpCode, 0);
        point[2 * words + 2] = protocol;
        point[2 * words + 3] = ingress ? INGRESS : EGRESS;
        return point;
    }

    /**
     * Adds a box of a rule.
     *
     * @param order the place of what a search is to find: of the rule, or of the box
     * @param isExact whether every packet in the box matches the rule
     */
    public void add(Boxes boxes, int order, TableRule rule, RuleBox box, boolean isExact) {
        int[] low = new int[boxes.dimensions()];
        int[] high = new int[boxes.dimensions()];
        Arrays.fill(high, ANY);
        prefix(box.source().prefix(), low, high, 0);
        prefix(box.destination().prefix(), low, high, words);
        classes(box.source(), low, high, 2 * words + 4);
        classes(box.destination(), low, high, 2 * words + 5);
        boolean hasSetBits = (box.source().setBit() | box.destination().setBit()) != 0;
        range(box.sourcePort(), 1, low, high, 2 * words);
        range(box.destPort(), 1, low, high, 2 * words + 1);
        boolean asksIcmp = box.icmpType() != null || box.icmpCode() != null;
        if (asksIcmp && box.destPort() == null) {
            icmp(box, low, high, 2 * words + 1);
        }
        range(box.protocol(), 0, low, high, 2 * words + 2);
        low[2 * words + 3] = rule.direction() == Direction.EGRESS ? EGRESS : INGRESS;
        high[2 * words + 3] = rule.direction() == Direction.INGRESS ? INGRESS : EGRESS;
        boxes.add(order, effect(rule), isExact && !hasSetBits && (!asksIcmp || isExactIcmp(box)), low, high);
    }

    private static void classes(AddressPart part, int[] low, int[] high, int at) {
        if (part.highClass() != AddressPart.ANY_CLASS) {
            low[at] = part.lowClass();
            high[at] = part.highClass();
        }
    }

    private static Boxes.Effect effect(TableRule rule) {
        if (rule.isTerminal()) {
            return Boxes.Effect.ENDS;
        }
        return rule.action().decides() ? Boxes.Effect.FIRST_COUNTS : Boxes.Effect.PASSES;
    }

    /** Types lie one after the other, so that codes of several types are no range. */
    private static boolean isExactIcmp(RuleBox box) {
        if (box.destPort() != null || box.icmpType() == null) {
            return false;
        }
        return box.icmpCode() == null || box.icmpType().low() == box.icmpType().high();
    }

    private static void icmp(RuleBox box, int[] low, int[] high, int at) {
        NumberRange type = box.icmpType() == null ? BYTE : box.icmpType();
        NumberRange code = box.icmpCode() == null ? BYTE : box.icmpCode();
        low[at] = ICMP + (type.low() << 8) + code.low();
        high[at] = ICMP + (type.high() << 8) + code.high();
    }

    /** The words of an address, the highest first. */
    int[] words(U128 address) {
        return ipVersion == 4
                ? new int[] {(int) address.low()}
                : new int[] {
                    (int) (address.high() >>> 32),
                    (int) address.high(),
                    (int) (address.low() >>> 32),
                    (int) address.low()
                };
    }

    private void prefix(Prefix prefix, int[] low, int[] high, int at) {
        for (int i = 0; i < words; i++) {
            long half = i < 2 ? prefix.high() : prefix.low();
            low[at + i] = (int) (half >>> (i % 2 == 0 ? 32 : 0));
            int free = Math.clamp(32L * (i + 1) - prefix.length(), 0, 32);
            high[at + i] = low[at + i] | (int) ((1L << free) - 1);
        }
    }

    /** @param first what number 0 is; nothing is asked of the dimension where there is no range */
    private static void range(NumberRange range, int first, int[] low, int[] high, int at) {
        if (range != null) {
            low[at] = range.low() + first;
            high[at] = range.high() + first;
        }
    }
}
