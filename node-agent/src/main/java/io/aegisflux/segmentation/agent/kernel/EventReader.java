package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.agent.libbpf.RingBuffer;
import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Verdict;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads the programs' decisions on a thread of its own and gives them their names: what comes through the ring at once,
 * what is repeated twice a second.
 */
final class EventReader implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EventReader.class.getName());
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final long LOOK_NANOS = Duration.ofMillis(500).toNanos();

    private static final long TIME = Structs.offset(Structs.EVENT, "time");
    private static final long KEY = Structs.offset(Structs.EVENT, "key");
    private static final long LENGTH = Structs.offset(Structs.EVENT, "length");
    private static final long PID = Structs.offset(Structs.EVENT, "pid");
    private static final long COMM = Structs.offset(Structs.EVENT, "comm");
    private static final long GENERATION = offset("generation");
    private static final long RULE = offset("rule");
    private static final long AUDIT = offset("audit");
    private static final long IFINDEX = offset("ifindex");
    private static final long SPORT = offset("sport");
    private static final long DPORT = offset("dport");
    private static final long SRC = offset("src");
    private static final long DST = offset("dst");
    private static final long REASON = offset("reason");
    private static final long VERDICT = offset("verdict");
    private static final long HOOK = offset("hook");
    private static final long DIRECTION = offset("direction");
    private static final long FAMILY = offset("family");
    private static final long PROTO = offset("proto");
    private static final long ICMP_TYPE = offset("icmp_type");
    private static final long ICMP_CODE = offset("icmp_code");
    private static final int COMM_BYTES = 16;

    private static final Hook[] HOOKS = Hook.values();
    private static final Verdict[] VERDICTS = Verdict.values();
    private static final Reason[] REASONS = Reason.values();

    private final BpfMap ring;
    private final RepeatReader repeats;
    private final Supplier<Books> books;
    private final Interfaces interfaces;
    private final Consumer<DecisionRecord> receiver;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopped;

    /**
     * @param ring {@code events}; stays the caller's and open until this is closed, like what the other reads
     * @param receiver sees each decision, on the reader's thread
     */
    EventReader(
            BpfMap ring,
            RepeatReader repeats,
            Supplier<Books> books,
            Interfaces interfaces,
            Consumer<DecisionRecord> receiver) {
        this.ring = requireNonNull(ring, "ring is null");
        this.repeats = requireNonNull(repeats, "repeats is null");
        this.books = requireNonNull(books, "books is null");
        this.interfaces = requireNonNull(interfaces, "interfaces is null");
        this.receiver = requireNonNull(receiver, "receiver is null");
    }

    EventReader start() {
        Thread.ofPlatform().name("kernel-events").daemon().start(this::run);
        return this;
    }

    /** How many decisions about packets are known to be lost, since the programs were first loaded. Waits for the first look. */
    long lost() {
        await(begun);
        return repeats.lost();
    }

    /** Waits until the reader has let go of the map. */
    @Override
    public void close() {
        stopped = true;
        await(ended);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (RingBuffer reading = RingBuffer.open(ring, this::take)) {
            long since = MonotonicClock.nanos();
            reading.poll(Duration.ZERO);
            repeats.begin(since);
            repeats.look(this::tell);
            begun.countDown();
            long looked = System.nanoTime();
            while (!stopped) {
                reading.poll(PATIENCE);
                if (System.nanoTime() - looked >= LOOK_NANOS) {
                    repeats.look(this::tell);
                    looked = System.nanoTime();
                }
            }
            repeats.look(this::tell);
        } catch (BpfException e) {
            LOG.log(System.Logger.Level.ERROR, "no decisions will be heard of: {0}", e.getMessage());
        } finally {
            begun.countDown();
            ended.countDown();
        }
    }

    private void take(MemorySegment event) {
        MemorySegment key = event.asSlice(KEY, Structs.EVENT_KEY.byteSize());
        long time = event.get(JAVA_LONG, TIME);
        long bytes = event.get(JAVA_INT, LENGTH);
        if (isConnect(key) || repeats.isNews(key, time, bytes)) {
            Instant at = MonotonicClock.wallTime(time);
            receiver.accept(decision(key, at, at, 1, bytes, event.get(JAVA_INT, PID), command(event)));
        }
    }

    private void tell(MemorySegment key, long first, long last, long count, long bytes) {
        receiver.accept(
                decision(key, MonotonicClock.wallTime(first), MonotonicClock.wallTime(last), count, bytes, 0, null));
    }

    private static boolean isConnect(MemorySegment key) {
        Hook hook = HOOKS[key.get(JAVA_BYTE, HOOK)];
        return hook == Hook.CONNECT4 || hook == Hook.CONNECT6;
    }

    private DecisionRecord decision(
            MemorySegment key, Instant first, Instant last, long count, long bytes, int pid, String command) {
        Reason reason = REASONS[key.get(JAVA_BYTE, REASON)];
        long generation = Integer.toUnsignedLong(key.get(JAVA_INT, GENERATION));
        Book book = books.get().of(generation);
        // what an audit policy would have denied is told by that policy, whichever rule let it pass
        int slot = key.get(JAVA_INT, reason == Reason.AUDIT_WOULD_DENY ? AUDIT : RULE);
        Optional<TableRule> rule = book.rule(slot);
        Optional<PolicyRef> policy = rule.map(book::policy);
        int family = key.get(JAVA_BYTE, FAMILY);
        return new DecisionRecord(
                first,
                last,
                count,
                HOOKS[key.get(JAVA_BYTE, HOOK)],
                key.get(JAVA_BYTE, DIRECTION) == 0 ? Direction.INGRESS : Direction.EGRESS,
                VERDICTS[key.get(JAVA_BYTE, VERDICT)],
                reason,
                policy.map(PolicyRef::id).orElse(null),
                policy.map(PolicyRef::version).orElse(null),
                rule.map(TableRule::ruleId).orElse(null),
                isConnect(key) ? null : address(key, SRC, family),
                address(key, DST, family),
                Short.toUnsignedInt(key.get(JAVA_SHORT, SPORT)),
                Short.toUnsignedInt(key.get(JAVA_SHORT, DPORT)),
                Byte.toUnsignedInt(key.get(JAVA_BYTE, PROTO)),
                Byte.toUnsignedInt(key.get(JAVA_BYTE, ICMP_TYPE)),
                Byte.toUnsignedInt(key.get(JAVA_BYTE, ICMP_CODE)),
                interfaces.name(key.get(JAVA_INT, IFINDEX)).orElse(null),
                generation,
                bytes,
                pid,
                command);
    }

    /** Null where the packet was malformed before its addresses. */
    private static String address(MemorySegment key, long at, int family) {
        return switch (family) {
            case 4 -> Addresses.format(key.asSlice(at, 4).toArray(JAVA_BYTE));
            case 6 -> Addresses.format(key.asSlice(at, 16).toArray(JAVA_BYTE));
            default -> null;
        };
    }

    /** Null where no process was at hand. */
    private static String command(MemorySegment event) {
        byte[] bytes = event.asSlice(COMM, COMM_BYTES).toArray(JAVA_BYTE);
        int length = 0;
        while (length < COMM_BYTES && bytes[length] != 0) {
            length++;
        }
        return length == 0 ? null : new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static long offset(String member) {
        return Structs.offset(Structs.EVENT_KEY, member);
    }
}
