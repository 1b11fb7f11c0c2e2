package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.classifier.Boxes;
import io.aegisflux.segmentation.engine.classifier.Classifier;
import io.aegisflux.segmentation.engine.classifier.Node;
import io.aegisflux.segmentation.engine.space.PacketSpace;
import io.aegisflux.segmentation.engine.space.RuleBox;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

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

    private final BankSize bank;
    private final Space[] spaces = new Space[2];
    private long[] words = new long[256];
    private int size;

    private record Space(int[] roots, int connectRoot, int boxesAt, int[] firstOfRule, Boxes boxes) {
        static final Space EMPTY = new Space(new int[0], 0, 0, new int[0], null);
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
        }
        MemorySegment.copy(words, 0, bank, JAVA_LONG, Structs.offset(Structs.BANK, "word"), size);
    }

    /** Where its boxes are, for edits. */
    GrownTable grown(Book book) {
        List<GrownTable.Space> places = Arrays.stream(spaces)
                .map(space -> new GrownTable.Space(
                        space.roots.length > 0, space.boxesAt, space.firstOfRule, hiding(space.boxes)))
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
        int count = countBoxes(space.ipVersion(), book);
        if (count == 0) {
            return Space.EMPTY;
        }
        int boxesAt = size;
        reserve(count * BoxWords.count(space));
        Boxes boxes = space.boxes(count);
        List<TableRule> rules = book.table().rules();
        int[] firstOfRule = new int[rules.size() + 1];
        for (int i = 0; i < rules.size(); i++) {
            firstOfRule[i] = boxes.size();
            if (book.slots().get(i) == Book.NO_SLOT) {
                continue;
            }
            TableRule rule = rules.get(i);
            long interfaces = Interfaces.mask(rule, book.interfaces());
            for (RuleBox box : RuleBox.of(rule, space.ipVersion())) {
                space.add(boxes, boxes.size(), rule, box, rule.interfaces() == null);
                size = BoxWords.write(rule, box, book.slots().get(i), interfaces, words, size);
            }
        }
        firstOfRule[rules.size()] = boxes.size();
        Classifier all = space.classifier(boxes);
        int nodesAt = append(all);
        int[] roots = all.roots();
        Arrays.setAll(roots, i -> roots[i] + nodesAt);
        return new Space(roots, append(space.connectClassifier(boxes)), boxesAt, firstOfRule, boxes);
    }

    private int countBoxes(int ipVersion, Book book) throws DatapathException {
        long count = 0;
        for (int i = 0; i < book.slots().size(); i++) {
            if (book.slots().get(i) != Book.NO_SLOT) {
                count += RuleBox.count(book.table().rules().get(i), ipVersion);
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
        for (long node : nodes) {
            words[size++] = Node.moved(node, Node.isLeaf(node) ? PLACES_OF_A_WORD * runsAt : nodesAt);
        }
        MemorySegment.copy(runs, 0, MemorySegment.ofArray(words), JAVA_INT, 8L * size, runs.length);
        size += Math.ceilDiv(runs.length, PLACES_OF_A_WORD);
        return nodesAt;
    }

    private void reserve(int more) {
        if (size + more > words.length) {
            words = Arrays.copyOf(words, Math.max(2 * words.length, size + more));
        }
    }
}
