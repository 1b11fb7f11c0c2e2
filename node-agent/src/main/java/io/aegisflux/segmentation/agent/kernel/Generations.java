package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.TableIdentity;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.RuleTable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The table in force and its succession: each is written whole into the bank that no packet reads, tried with golden
 * packets, and put in force by one write. For one thread, but for {@link #books()}.
 */
final class Generations {
    private final Kernel kernel;
    private final Interfaces interfaces;
    private final Slots slots;
    private final QuietBank quiet = new QuietBank();
    private volatile Books books;
    private Optional<TableIdentity> identity;
    private long tableBytes;

    private Generations(
            Kernel kernel, Interfaces interfaces, Books books, Optional<TableIdentity> identity, long tableBytes) {
        this.kernel = requireNonNull(kernel, "kernel is null");
        this.interfaces = requireNonNull(interfaces, "interfaces is null");
        this.books = requireNonNull(books, "books is null");
        this.identity = requireNonNull(identity, "identity is null");
        this.tableBytes = tableBytes;
        this.slots = new Slots(books.inForce());
        quiet.begin(); // an agent before this one may have switched just now
    }

    /** Reads what is in force. A table whose book is not whole has no identity, so that it is installed anew. */
    static Generations of(Kernel kernel, Interfaces interfaces) throws BpfException {
        Descriptor inForce = kernel.maps().inForce();
        if (inForce.generation() == 0) {
            return new Generations(kernel, interfaces, Books.NONE, Optional.empty(), 0);
        }
        Identities.Entry entry = kernel.identities().read(inForce.bank());
        Optional<Book> book = entry.generation() == inForce.generation()
                ? kernel.books().read(inForce.bank(), entry.bookBytes())
                : Optional.empty();
        return new Generations(
                kernel,
                interfaces,
                new Books(inForce.generation(), book.orElse(Book.EMPTY), Book.EMPTY),
                book.map(found -> entry.identity()),
                entry.tableBytes());
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
        Descriptor inForce = kernel.maps().inForce();
        return new Running(kernel.artifact(), inForce.generation(), identity, tableBytes, Structs.BANK_BYTES);
    }

    /**
     * Puts a table in force.
     *
     * @param now rules that have expired by then are left out
     * @throws DatapathException when it does not fit, with figures, or a golden packet is judged otherwise; the table in
     *     force stays
     */
    void install(RuleTable table, TableIdentity next, Instant now) throws DatapathException, BpfException {
        Slots.Assignment assigned = slots.assign(table, books.inForce(), now);
        Book book = new Book(table, assigned.slots(), interfaceBits());
        CompletableFuture<byte[]> bookBytes = CompletableFuture.supplyAsync(() -> BookStore.bytes(book)); // meanwhile
        TableImage image = TableImage.of(book);
        Descriptor before = kernel.maps().inForce();
        int bank = 1 - before.bank();
        quiet.await();
        image.write(kernel.maps().bank(bank));
        Descriptor candidate = new Descriptor(before.generation() + 1, table.posture() == Action.DENY, bank);
        kernel.maps().propose(candidate);
        kernel.golden().requireEqualVerdicts(book, now);
        kernel.books().write(bank, bookBytes.join());
        kernel.identities()
                .write(
                        bank,
                        new Identities.Entry(next, candidate.generation(), image.bytes(), bookBytes.join().length));
        kernel.counters().reset(assigned.fresh());
        books = books.next(candidate.generation(), book); // first: the programs may speak of it at once
        kernel.maps().switchTo(candidate);
        identity = Optional.of(next);
        tableBytes = image.bytes();
        quiet.begin();
    }

    /** Puts the table in force again when the bits of interfaces have changed under it. */
    void followInterfaces(Instant now) throws DatapathException, BpfException {
        if (identity.isPresent() && !interfaceBits().equals(books.inForce().interfaces())) {
            install(books.inForce().table(), identity.get(), now);
        }
    }
}
