package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.space.PacketSpace;
import io.aegisflux.segmentation.engine.space.RuleBox;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How a table differs from one whose trees are grown, where that is little: rules that decide something else about the same
 * packets, rules that are gone, and up to 32 boxes of new ones, which searches look at beside the trees. So a changed rule
 * costs no trees. Not every change is one: a rule because of which others were left out in the trees cannot go, and a new rule
 * that logs, marks or audits has no place beside them.
 */
final class TableEdit {
    private static final PacketSpace[] SPACES = {PacketSpace.V4, PacketSpace.V6};
    private static final int GONE = -1;
    private static final long EDITS = Structs.offset(Structs.SPACE, "edits");
    private static final long EDIT_BOXES = Structs.offset(Structs.SPACE, "edit_boxes");
    private static final long BEFORE = Structs.offset(Structs.SPACE, "before");
    private static final long WORD = Structs.offset(Structs.BANK, "word");

    private final GrownTable grown;
    private final Book next;

    /** Rules of the grown table whose boxes are not as they were, to the rule of the next that has them, or GONE. */
    private final Map<Integer, Integer> rewritten = new HashMap<>();

    /** Rules of the next table that have no boxes in the trees, in its order. */
    private final List<Added> added = new ArrayList<>();

    /**
     * @param rule in the next table
     * @param before the rule of the grown table that follows it
     */
    private record Added(int rule, int before) {}

    private TableEdit(GrownTable grown, Book next) {
        this.grown = grown;
        this.next = next;
    }

    /** The edit that makes one table of the other; empty when it takes trees of its own. */
    static Optional<TableEdit> between(GrownTable grown, Book next, BankSize bank) {
        TableEdit edit = new TableEdit(grown, next);
        return grown.book().interfaces().equals(next.interfaces()) && edit.find() && edit.fits(bank)
                ? Optional.of(edit)
                : Optional.empty();
    }

    /** Those that are new, that decide something else, or that are gone: packets of theirs may show the change. */
    List<TableRule> changedRules() {
        List<TableRule> rules = new ArrayList<>();
        added.forEach(rule -> rules.add(next.table().rules().get(rule.rule)));
        rewritten.keySet().forEach(rule -> rules.add(grown.rule(rule)));
        return rules;
    }

    /** How much of a bank the table takes with it. */
    long bytes() {
        long words = grown.words();
        for (int i = 0; i < SPACES.length; i++) {
            words += countAdded(i) * BoxWords.count(SPACES[i]);
        }
        return 8 * words;
    }

    /**
     * Writes the edited table.
     *
     * @param from the bank in force, which has the grown table with the edit {@code before}
     * @param before null for none
     * @param to a bank that no program reads
     */
    void write(MemorySegment from, TableEdit before, MemorySegment to) {
        MemorySegment.copy(from, 0, to, 0, WORD + 8L * grown.words());
        if (before != null) {
            before.rewritten.keySet().forEach(rule -> rewrite(rule, rule, grown.book(), to));
        }
        rewritten.forEach((rule, by) -> rewrite(rule, by, next, to));
        int at = grown.words();
        for (int i = 0; i < SPACES.length; i++) {
            at = writeAdded(i, at, to);
        }
    }

    private void rewrite(int rule, int by, Book book, MemorySegment bank) {
        TableRule shape = grown.rule(rule);
        for (int i = 0; i < SPACES.length; i++) {
            GrownTable.Space space = grown.spaces().get(i);
            int at = space.boxesAt() + space.firstBox(rule) * BoxWords.count(SPACES[i]);
            for (RuleBox box : boxes(shape, i)) {
                at = by == GONE
                        ? write(BoxWords.ofNothing(SPACES[i]), at, bank)
                        : write(book.table().rules().get(by), box, book.slots().get(by), bits(shape, i), at, bank);
            }
        }
    }

    private int writeAdded(int index, int from, MemorySegment bank) {
        MemorySegment space = bank.asSlice(index * Structs.SPACE.byteSize(), Structs.SPACE.byteSize());
        int at = from;
        int count = 0;
        for (Added rule : added) {
            TableRule shape = next.table().rules().get(rule.rule);
            for (RuleBox box : boxes(shape, index)) {
                space.set(
                        JAVA_INT,
                        BEFORE + 4L * count++,
                        grown.spaces().get(index).firstBox(rule.before));
                at = write(shape, box, next.slots().get(rule.rule), bits(shape, index), at, bank);
            }
        }
        space.set(JAVA_INT, EDIT_BOXES, from);
        space.set(JAVA_INT, EDITS, count);
        return at;
    }

    private static int write(TableRule rule, RuleBox box, int slot, long bits, int at, MemorySegment bank) {
        long[] words =
                new long[BoxWords.count(PacketSpace.of(box.source().prefix().ipVersion()))];
        BoxWords.write(rule, box, slot, bits, words, 0);
        return write(words, at, bank);
    }

    private static int write(long[] words, int at, MemorySegment bank) {
        MemorySegment.copy(words, 0, bank, JAVA_LONG, WORD + 8L * at, words.length);
        return at + words.length;
    }

    /** Walks both tables; false when they differ in more than an edit can be. */
    private boolean find() {
        int i = 0;
        int j = 0;
        int rules = grown.book().slots().size();
        int nextRules = next.slots().size();
        while (i < rules || j < nextRules) {
            if (i < rules && j < nextRules && same(i, j)) {
                i++;
                j++;
                continue;
            }
            Optional<Meeting> meeting = meeting(i, j);
            if (meeting.isEmpty() || !replace(i, meeting.get().rule, j, meeting.get().nextRule)) {
                return false;
            }
            i = meeting.get().rule;
            j = meeting.get().nextRule;
        }
        return true;
    }

    /** Where both tables go on alike. */
    private record Meeting(int rule, int nextRule) {}

    /** The place where the tables meet again when the fewest rules of both are passed over; empty when it is too far. */
    private Optional<Meeting> meeting(int i, int j) {
        int rules = grown.book().slots().size();
        int nextRules = next.slots().size();
        for (int both = 1; both <= Structs.EDITS_MAX; both++) {
            for (int removed = both; removed >= 0; removed--) {
                int a = i + removed;
                int b = j + both - removed;
                boolean meet = a < rules && b < nextRules ? same(a, b) : a == rules && b == nextRules;
                if (a <= rules && b <= nextRules && meet) {
                    return Optional.of(new Meeting(a, b));
                }
            }
        }
        return Optional.empty();
    }

    private boolean replace(int from, int to, int nextFrom, int nextTo) {
        boolean oneByOne = to - from == nextTo - nextFrom;
        for (int i = 0; oneByOne && i < to - from; i++) {
            oneByOne = isSameShape(from + i, nextFrom + i);
        }
        for (int i = from; i < to; i++) {
            if (oneByOne) {
                rewritten.put(i, nextFrom + i - from);
            } else if (isInKernel(grown.book(), i)) {
                for (GrownTable.Space space : grown.spaces()) {
                    if (space.hides(i)) {
                        return false;
                    }
                }
                rewritten.put(i, GONE);
            }
        }
        for (int j = nextFrom; !oneByOne && j < nextTo; j++) {
            if (isInKernel(next, j)) {
                if (!next.table().rules().get(j).isTerminal()) {
                    return false;
                }
                added.add(new Added(j, to));
            }
        }
        return rewritten.size() <= Structs.EDITS_MAX && added.size() <= Structs.EDITS_MAX;
    }

    private boolean fits(BankSize bank) {
        for (int i = 0; i < SPACES.length; i++) {
            long count = countAdded(i);
            if (count > Structs.EDITS_MAX || count > 0 && !grown.spaces().get(i).hasTrees()) {
                return false;
            }
        }
        return bytes() <= bank.tableBytes();
    }

    private long countAdded(int index) {
        long count = 0;
        for (Added rule : added) {
            count += RuleBox.count(
                    next.table().rules().get(rule.rule),
                    SPACES[index].ipVersion(),
                    grown.spaces().get(index).sets());
        }
        return count;
    }

    private boolean same(int i, int j) {
        return isInKernel(grown.book(), i) == isInKernel(next, j)
                && policy(grown.book(), i).equals(policy(next, j))
                && grown.book().slots().get(i).equals(next.slots().get(j))
                && alike(grown.rule(i), next.table().rules().get(j));
    }

    /** Whether rules do the same about the same packets, whoever's they are. */
    private static boolean alike(TableRule a, TableRule b) {
        return a.action() == b.action()
                && a.audit() == b.audit()
                && a.mark() == b.mark()
                && a.isDefault() == b.isDefault()
                && Objects.equals(a.dscp(), b.dscp())
                && Objects.equals(a.rateLimit(), b.rateLimit())
                && isOfSamePackets(a, b);
    }

    private boolean isSameShape(int i, int j) {
        TableRule a = grown.rule(i);
        TableRule b = next.table().rules().get(j);
        return isInKernel(grown.book(), i)
                && isInKernel(next, j)
                && a.isTerminal()
                && b.isTerminal()
                && isOfSamePackets(a, b);
    }

    private static boolean isOfSamePackets(TableRule a, TableRule b) {
        return a.direction() == b.direction()
                && Objects.equals(a.ipVersion(), b.ipVersion())
                && Objects.equals(a.protocols(), b.protocols())
                && Objects.equals(a.sources(), b.sources())
                && Objects.equals(a.destinations(), b.destinations())
                && Objects.equals(a.sourcePorts(), b.sourcePorts())
                && Objects.equals(a.destPorts(), b.destPorts())
                && Objects.equals(a.icmpTypes(), b.icmpTypes())
                && Objects.equals(a.icmpCodes(), b.icmpCodes())
                && Objects.equals(a.interfaces(), b.interfaces());
    }

    private static String policy(Book book, int rule) {
        return book.policy(book.table().rules().get(rule)).id().value();
    }

    private static boolean isInKernel(Book book, int rule) {
        return book.slots().get(rule) != Book.NO_SLOT;
    }

    private List<RuleBox> boxes(TableRule rule, int index) {
        return RuleBox.of(
                rule, SPACES[index].ipVersion(), grown.spaces().get(index).sets());
    }

    private long bits(TableRule rule, int index) {
        return Interfaces.mask(rule, next.interfaces())
                & ~grown.spaces().get(index).sets().bits();
    }
}
