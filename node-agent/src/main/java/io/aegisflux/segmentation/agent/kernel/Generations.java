package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.Fallback;
import io.aegisflux.segmentation.agent.domain.Ruling;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.TableIdentity;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Verdict;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The table in force and its succession: each is written whole into the bank that no packet reads, tried with golden
 * packets, and put in force by one write, for good or until a deadline. For one thread, but for {@link #books()}.
 */
final class Generations {
    private static final System.Logger LOG = System.getLogger(Generations.class.getName());

    /** Closer to the deadline, another CPU may see it pass before the confirmation. */
    private static final Duration SHORTEST_LEFT = Duration.ofMillis(500);

    private final Kernel kernel;
    private final Interfaces interfaces;
    private final Slots slots;
    private final QuietBank quiet = new QuietBank();
    private final InstantSource clock;
    private volatile Books books;
    private Optional<TableIdentity> identity;
    private long tableBytes;
    private Optional<Instant> confirmBy;

    /** What trees are in the bank in force, and how its table differs from theirs; null when that is not known. */
    private GrownTable grown;

    private TableEdit edit;

    private Generations(Kernel kernel, Interfaces interfaces, InstantSource clock, Stored before, Stored inForce) {
        this.kernel = requireNonNull(kernel, "kernel is null");
        this.interfaces = requireNonNull(interfaces, "interfaces is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.books = Books.only(before.descriptor.generation(), before.book)
                .followedBy(inForce.descriptor.generation(), inForce.book);
        this.identity = inForce.identity;
        this.tableBytes = inForce.tableBytes;
        this.confirmBy = confirmBy(inForce.descriptor);
        this.slots = new Slots(books.inForce());
        quiet.begin(); // an agent before this one may have switched just now
    }

    /** Reads what is in force. A table whose book is not whole has no identity, so that it is installed anew. */
    static Generations of(Kernel kernel, Interfaces interfaces, InstantSource clock) throws BpfException {
        Descriptor inForce = kernel.maps().inForce();
        Stored before = inForce.isConfirmed()
                ? Stored.NONE
                : Stored.read(kernel, kernel.maps().previous());
        return new Generations(kernel, interfaces, clock, before, Stored.read(kernel, inForce));
    }

    /** The names of the generation in force and of the one before. */
    Books books() {
        return books;
    }

    /** The interfaces by their bits, those of the generation in force and the configured ones. */
    List<String> interfaceBits() {
        return interfaces.bitsAfter(books.inForce().interfaces());
    }

    Running running() {
        return new Running(
                kernel.artifact(),
                books.generation(),
                identity,
                tableBytes,
                kernel.maps().bankSize().tableBytes(),
                confirmBy);
    }

    /**
     * Puts a table in force.
     *
     * @param now rules that have expired by then are left out
     * @param confirmWithin when {@link #confirm(long)} is not called by then, packets are judged by the table before; zero to
     *     put it in force for good
     * @throws DatapathException when it does not fit, with figures, a golden packet is judged otherwise, or the table in
     *     force is not confirmed yet; the table in force stays
     */
    void install(RuleTable table, TableIdentity next, Instant now, Duration confirmWithin)
            throws DatapathException, BpfException {
        Descriptor before = kernel.maps().inForce();
        if (!before.isConfirmed()) {
            throw new DatapathException(
                    "generation %d is not confirmed yet; the next table has to wait for it, at most until %s"
                            .formatted(before.generation(), confirmBy.orElseThrow()),
                    "",
                    null);
        }
        Slots.Assignment assigned = slots.assign(table, books.inForce(), now);
        Book book = new Book(table, assigned.slots(), interfaceBits());
        Descriptor candidate =
                new Descriptor(nextGeneration(before), table.posture() == Action.DENY, 1 - before.bank(), 0);
        Succession succession = new Succession(before, candidate, book, next, assigned.fresh(), confirmWithin);
        Optional<TableEdit> small = grown == null
                ? Optional.empty()
                : TableEdit.between(grown, book, kernel.maps().bankSize());
        if (small.isPresent()) {
            installEdit(succession, small.get(), now);
        } else {
            installGrown(succession, now);
        }
    }

    /**
     * One generation after another.
     *
     * @param fresh slots whose counters begin at 0
     */
    private record Succession(
            Descriptor before,
            Descriptor candidate,
            Book book,
            TableIdentity identity,
            List<Integer> fresh,
            Duration confirmWithin) {}

    private void installGrown(Succession succession, Instant now) throws DatapathException, BpfException {
        Book book = succession.book;
        int bank = succession.candidate.bank();
        CompletableFuture<byte[]> bookBytes = bytesOf(book);
        TableImage image = TableImage.of(book, kernel.maps().bankSize());
        quiet.await();
        kernel.maps().fallBackTo(succession.before);
        image.write(kernel.maps().bank(bank));
        kernel.maps().propose(succession.candidate);
        kernel.golden().requireEqualVerdicts(book, now);
        keep(succession, bookBytes.join(), image.bytes());
        switchTo(succession, image.bytes());
        grown = image.grown(book);
        edit = null;
    }

    /**
     * Switches first, and writes the book then, which takes longer than all else. An agent that is killed in between leaves
     * a table without names, which the next one installs anew.
     */
    private void installEdit(Succession succession, TableEdit next, Instant now)
            throws DatapathException, BpfException {
        CompletableFuture<byte[]> bookBytes = bytesOf(succession.book);
        quiet.await();
        kernel.maps().fallBackTo(succession.before);
        next.write(
                kernel.maps().bank(succession.before.bank()),
                edit,
                kernel.maps().bank(succession.candidate.bank()));
        kernel.maps().propose(succession.candidate);
        kernel.golden().requireEqualVerdicts(succession.book, next.changedRules(), now);
        switchTo(succession, next.bytes());
        edit = next;
        try {
            keep(succession, bookBytes.join(), next.bytes());
        } catch (BpfException e) {
            LOG.log(
                    Level.WARNING,
                    "generation {0} is in force, but an agent after this one will not know its names: {1}",
                    succession.candidate.generation(),
                    e.getMessage());
        }
    }

    /** Made on another processor, while this one writes the bank or waits for its last readers. */
    private static CompletableFuture<byte[]> bytesOf(Book book) {
        return CompletableFuture.supplyAsync(() -> BookStore.bytes(book));
    }

    private void keep(Succession succession, byte[] bookBytes, long bytes) throws BpfException {
        int bank = succession.candidate.bank();
        kernel.books().write(bank, bookBytes);
        kernel.identities()
                .write(
                        bank,
                        new Identities.Entry(
                                succession.identity, succession.candidate.generation(), bytes, bookBytes.length));
    }

    private void switchTo(Succession succession, long bytes) throws BpfException {
        Descriptor candidate = succession.candidate;
        kernel.counters().reset(succession.fresh);
        if (succession.before.generation() == 0) {
            kernel.maps().first(candidate);
        }
        books = books.followedBy(
                candidate.generation(), succession.book); // first: the programs may speak of it at once
        Descriptor switched =
                succession.confirmWithin.isZero() ? candidate : candidate.unconfirmedFor(succession.confirmWithin);
        kernel.maps().switchTo(switched);
        identity = Optional.of(succession.identity);
        tableBytes = bytes;
        confirmBy = confirmBy(switched);
        quiet.begin();
    }

    /**
     * Lets a generation stay in force, whatever happens.
     *
     * @return false when the programs have fallen back already, or are about to
     */
    boolean confirm(long generation) {
        Descriptor inForce = kernel.maps().inForce();
        boolean isTooLate = !inForce.isConfirmed() && inForce.left().compareTo(SHORTEST_LEFT) < 0;
        if (inForce.generation() != generation || isTooLate) {
            return false;
        }
        kernel.maps().switchTo(inForce.confirmed());
        confirmBy = Optional.empty();
        return true;
    }

    /**
     * Takes note when the programs have fallen back to the table before: it is in force for good then.
     *
     * @return what they fell back from
     */
    Optional<Fallback> settle() throws BpfException {
        Descriptor expired = kernel.maps().inForce();
        if (!expired.isExpired()) {
            return Optional.empty();
        }
        Stored previous = Stored.read(kernel, kernel.maps().previous());
        Fallback fallback = new Fallback(expired.generation(), identity);
        kernel.maps().switchTo(previous.descriptor);
        books = books.followedBy(previous.descriptor.generation(), previous.book);
        identity = previous.identity;
        tableBytes = previous.tableBytes;
        grown = null;
        edit = null;
        confirmBy = Optional.empty();
        quiet.begin();
        return Optional.of(fallback);
    }

    /**
     * What the loaded programs make of a packet by the table that packets are judged by now. As no bank is written meanwhile,
     * the candidate's descriptor may stand for it as long as the question takes.
     *
     * @param packet one that {@link PacketBytes#requirePacket} takes
     * @throws DatapathException when a rule decides whose name is not known
     * @throws IllegalArgumentException when the packet's interface is none that the programs know
     */
    Ruling probe(PacketTuple packet) throws DatapathException, BpfException {
        if (packet.interfaceName() != null && !interfaceBits().contains(packet.interfaceName())) {
            throw new IllegalArgumentException("interface_name: this host has programs on %s, not on %s"
                    .formatted(String.join(", ", interfaceBits()), packet.interfaceName()));
        }
        Descriptor inForce = kernel.maps().inForce();
        Stored judging = inForce.isExpired()
                ? Stored.read(kernel, kernel.maps().previous())
                : new Stored(inForce, books.inForce(), identity, tableBytes);
        Descriptor tried = kernel.maps().candidate();
        Trial trial;
        try (GoldenRun run = new GoldenRun(kernel)) {
            // never of a lower generation, should the agent be killed here: nextGeneration() goes by it
            kernel.maps()
                    .propose(judging.descriptor.ofGeneration(
                            Math.max(tried.generation(), judging.descriptor.generation())));
            trial = run.judge(packet, judging.book.interfaces(), GoldenRun.Failsafe.ASKED);
        } finally {
            kernel.maps().propose(tried);
        }
        return judging.ruling(trial, kernel.artifact());
    }

    /** Puts the table in force again when the bits of interfaces have changed under it. */
    void followInterfaces(Instant now) throws DatapathException, BpfException {
        if (identity.isPresent()
                && kernel.maps().inForce().isConfirmed()
                && !interfaceBits().equals(books.inForce().interfaces())) {
            install(books.inForce().table(), identity.get(), now, Duration.ZERO);
        }
    }

    /** One that no flow nor event speaks of: that of a table which fell back is not used again. */
    private long nextGeneration(Descriptor inForce) {
        return Math.max(inForce.generation(), kernel.maps().candidate().generation()) + 1;
    }

    private Optional<Instant> confirmBy(Descriptor descriptor) {
        return descriptor.isConfirmed()
                ? Optional.empty()
                : Optional.of(clock.instant().plus(descriptor.left()).truncatedTo(ChronoUnit.SECONDS));
    }

    /** What the kernel keeps of a generation. */
    private record Stored(Descriptor descriptor, Book book, Optional<TableIdentity> identity, long tableBytes) {
        static final Stored NONE = new Stored(Descriptor.of(0), Book.EMPTY, Optional.empty(), 0);

        Ruling ruling(Trial trial, String artifact) throws DatapathException {
            Optional<TableRule> rule = named(trial.rule());
            Optional<PolicyRef> policy = rule.map(book::policy);
            Optional<TableRule> audit = trial.verdict() == Verdict.AUDITED ? named(trial.audit()) : Optional.empty();
            return new Ruling(
                    trial.verdict(),
                    trial.reason(),
                    policy.map(PolicyRef::id).orElse(null),
                    policy.map(PolicyRef::version).orElse(null),
                    rule.map(TableRule::ruleId).orElse(null),
                    audit.map(it -> new Decision.Audit(
                                    book.policy(it).id(), book.policy(it).version(), it.ruleId()))
                            .orElse(null),
                    Program.GOLDEN.functionName(),
                    artifact,
                    descriptor.generation(),
                    identity);
        }

        private Optional<TableRule> named(int slot) throws DatapathException {
            Optional<TableRule> rule = book.rule(slot);
            if (slot != Book.NO_SLOT && rule.isEmpty()) {
                throw new DatapathException(
                        "rule %d of generation %d decides, whose name is not known until the table is installed anew"
                                .formatted(slot, descriptor.generation()),
                        "",
                        null);
            }
            return rule;
        }

        static Stored read(Kernel kernel, Descriptor descriptor) throws BpfException {
            if (descriptor.generation() == 0) {
                return new Stored(descriptor, Book.EMPTY, Optional.empty(), 0);
            }
            Identities.Entry entry = kernel.identities().read(descriptor.bank());
            Optional<Book> book = entry.generation() == descriptor.generation()
                    ? kernel.books().read(descriptor.bank(), entry.bookBytes())
                    : Optional.empty();
            return new Stored(
                    descriptor, book.orElse(Book.EMPTY), book.map(found -> entry.identity()), entry.tableBytes());
        }
    }
}
