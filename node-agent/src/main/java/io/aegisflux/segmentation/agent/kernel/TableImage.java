package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.classifier.Boxes;
import io.aegisflux.segmentation.engine.classifier.Classifier;
import io.aegisflux.segmentation.engine.classifier.Node;
import io.aegisflux.segmentation.engine.space.AddressSets;
import io.aegisflux.segmentation.engine.space.AddressSets.Side;
import io.aegisflux.segmentation.engine.space.PacketSpace;
import io.aegisflux.segmentation.engine.space.RuleBox;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A table as it stands in a bank of bpf/maps.h: for each IP version the nodes and runs of its decision trees and its boxes.
 * Its size is known before anything is written.
 */
final class TableImage {
    private static final int PLACES_OF_A_WORD = 2;
    private static final long ROOTS = Structs.offset(Structs.SPACE, "root");
    private static final long CONNECT_ROOT = Structs.offset(Structs.SPACE, "connect_root");
    private static final long BOXES = Structs.offset(Structs.SPACE, "boxes");
    private static final long EDITS = Structs.offset(Structs.SPACE, "edits");
    private static final long CLASS_ROOT = Structs.offset(Structs.SPACE, "class_root");
    private static final long CLASS_WORDS = Structs.offset(Structs.SPACE, "class_words");
    private static final long SET_BITS = Structs.offset(Structs.SPACE, "set_bits");

    private final BankSize bank;
    private final Space[] spaces = new Space[2];
    private long[] words = new long[256];
    private int size;

    private record Space(int[] roots, int connectRoot, int boxesAt, int[] firstOfRule, Boxes boxes, Sets sets) {
        static final Space EMPTY = new Space(new int[0], 0, 0, new int[0], null, Sets.NONE);
    }

    /**
     * Large sets of addresses, and for each side of a packet where its classes and the tree that leads to them are.
     *
     * @param wordsAt 0 when there are no sets
     */
    private record Sets(AddressSets sets, int[] roots, int[] wordsAt) {
        static final Sets NONE = new Sets(AddressSets.NONE, new int[2], new int[2]);
    }

    private TableImage(BankSize bank) {
        this.bank = requireNonNull(bank, "bank is null");
    }

    /**
     * The image of a table.
     *
     * @throws DatapathException when it does not fit into a bank, with figures
     */
    static TableImage of(Book book, BankSize bank) throws DatapathException {
        TableImage image = new TableImage(bank);
        image.spaces[0] = image.space(PacketSpace.V4, book);
        image.spaces[1] = image.space(PacketSpace.V6, book);
        if (image.size > bank.words()) {
            throw new DatapathException(
                    "the table needs %d bytes, at most %d fit".formatted(image.bytes(), bank.tableBytes()), "", null);
        }
        return image;
    }

    /** How much of a bank it takes. */
    long bytes() {
        return 8L * size;
    }

    /** Writes it into a bank that no program reads. */
    void write(MemorySegment bank) {
        for (int i = 0; i < spaces.length; i++) {
            MemorySegment space = bank.asSlice(i * Structs.SPACE.byteSize(), Structs.SPACE.byteSize());
            space.set(JAVA_INT, 0, spaces[i].roots.length);
            MemorySegment.copy(spaces[i].roots, 0, space, JAVA_INT, ROOTS, spaces[i].roots.length);
            space.set(JAVA_INT, CONNECT_ROOT, spaces[i].connectRoot);
            space.set(JAVA_INT, BOXES, spaces[i].boxesAt);
            space.set(JAVA_INT, EDITS, 0);
            Sets sets = spaces[i].sets;
            MemorySegment.copy(sets.roots, 0, space, JAVA_INT, CLASS_ROOT, sets.roots.length);
            MemorySegment.copy(sets.wordsAt, 0, space, JAVA_INT, CLASS_WORDS, sets.wordsAt.length);
            for (Side side : Side.values()) {
                space.set(JAVA_LONG, SET_BITS + 8L * side.ordinal(), sets.sets.bits(side));
            }
        }
        MemorySegment.copy(words, 0, bank, JAVA_LONG, Structs.offset(Structs.BANK, "word"), size);
    }

    /** Where its boxes are, for edits. */
    GrownTable grown(Book book) {
        List<GrownTable.Space> places = Arrays.stream(spaces)
                .map(space -> new GrownTable.Space(
                        space.roots.length > 0, space.boxesAt, space.firstOfRule, hiding(space.boxes), space.sets.sets))
                .toList();
        return new GrownTable(book, size, places);
    }

    private static BitSet hiding(Boxes boxes) {
        BitSet hiding = new BitSet();
        for (int i = 0; boxes != null && i < boxes.size(); i++) {
            hiding.set(i, boxes.hides(i));
        }
        return hiding;
    }

    private Space space(PacketSpace space, Book book) throws DatapathException {
        AddressSets sets = AddressSets.of(rulesInKernel(book), space, Interfaces.free(book.interfaces()));
        int count = countBoxes(space.ipVersion(), book, sets);
        if (count == 0) {
            return Space.EMPTY;
        }
        int boxesAt = size;
        reserve(count * BoxWords.count(space));
        Boxes boxes = space.boxes(count, sets);
        List<TableRule> rules = book.table().rules();
        int[] firstOfRule = new int[rules.size() + 1];
        for (int i = 0; i < rules.size(); i++) {
            firstOfRule[i] = boxes.size();
            if (book.slots().get(i) == Book.NO_SLOT) {
                continue;
            }
            TableRule rule = rules.get(i);
            long interfaces = Interfaces.mask(rule, book.interfaces()) & ~sets.bits();
            for (RuleBox box : RuleBox.of(rule, space.ipVersion(), sets)) {
                space.add(boxes, boxes.size(), rule, box, rule.interfaces() == null);
                size = BoxWords.write(rule, box, book.slots().get(i), interfaces, words, size);
            }
        }
        firstOfRule[rules.size()] = boxes.size();
        Classifier all = space.classifier(boxes);
        int nodesAt = append(all);
        int[] roots = all.roots();
        Arrays.setAll(roots, i -> roots[i] + nodesAt);
        int connectRoot = append(space.connectClassifier(boxes));
        return new Space(roots, connectRoot, boxesAt, firstOfRule, boxes, append(sets, space));
    }

    private static List<TableRule> rulesInKernel(Book book) {
        List<TableRule> rules = book.table().rules();
        return IntStream.range(0, rules.size())
                .filter(i -> book.slots().get(i) != Book.NO_SLOT)
                .mapToObj(rules::get)
                .toList();
    }

    private int countBoxes(int ipVersion, Book book, AddressSets sets) throws DatapathException {
        long count = 0;
        for (int i = 0; i < book.slots().size(); i++) {
            if (book.slots().get(i) != Book.NO_SLOT) {
                count += RuleBox.count(book.table().rules().get(i), ipVersion, sets);
            }
        }
        long most = (bank.words() - size) / BoxWords.count(PacketSpace.of(ipVersion));
        if (count > most) {
            throw new DatapathException(
                    "the table needs %d entries for IPv%d, at most %d fit".formatted(count, ipVersion, most), "", null);
        }
        return (int) count;
    }

    /** Appends nodes and runs of a classifier; returns where its nodes begin. */
    private int append(Classifier classifier) {
        long[] nodes = classifier.nodes();
        int[] runs = classifier.runs();
        int nodesAt = size;
        int runsAt = nodesAt + nodes.length;
        reserve(nodes.length + Math.ceilDiv(runs.length, PLACES_OF_A_WORD));
        append(nodes, PLACES_OF_A_WORD * runsAt);
        MemorySegment.copy(runs, 0, MemorySegment.ofArray(words), JAVA_INT, 8L * size, runs.length);
        size += Math.ceilDiv(runs.length, PLACES_OF_A_WORD);
        return nodesAt;
    }

    private Sets append(AddressSets sets, PacketSpace space) {
        if (sets.isEmpty()) {
            return Sets.NONE;
        }
        int[] roots = new int[2];
        int[] wordsAt = new int[2];
        for (Side side : Side.values()) {
            long[] classes = sets.words(side);
            long[] nodes = sets.tree(side, space).nodes();
            reserve(classes.length + nodes.length);
            wordsAt[side.ordinal()] = size;
            System.arraycopy(classes, 0, words, size, classes.length);
            size += classes.length;
            roots[side.ordinal()] = append(nodes, wordsAt[side.ordinal()]);
        }
        return new Sets(sets, roots, wordsAt);
    }

    /** Appends the nodes of a tree whose leaves count from {@code leavesAt} on; returns where they begin. */
    private int append(long[] nodes, int leavesAt) {
        int nodesAt = size;
        for (long node : nodes) {
            words[size++] = Node.moved(node, Node.isLeaf(node) ? leavesAt : nodesAt);
        }
        return nodesAt;
    }

    private void reserve(int more) {
        if (size + more > words.length) {
            words = Arrays.copyOf(words, Math.max(2 * words.length, size + more));
        }
    }
}
