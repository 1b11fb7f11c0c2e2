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
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Reads the programs' decisions on a thread of its own and gives them their names. */
final class EventReader implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EventReader.class.getName());
    private static final Duration PATIENCE = Duration.ofMillis(200);

    private static final long TIME = offset("time");
    private static final long GENERATION = offset("generation");
    private static final long RULE = offset("rule");
    private static final long AUDIT = offset("audit");
    private static final long IFINDEX = offset("ifindex");
    private static final long LENGTH = offset("length");
    private static final long PID = offset("pid");
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
    private static final long COMM = offset("comm");
    private static final int COMM_BYTES = 16;

    private static final Hook[] HOOKS = Hook.values();
    private static final Verdict[] VERDICTS = Verdict.values();
    private static final Reason[] REASONS = Reason.values();

    private final BpfMap map;
    private final Supplier<Books> books;
    private final Interfaces interfaces;
    private final Consumer<DecisionRecord> receiver;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopped;

    /**
     * @param map {@code events}; stays the caller's and open until this is closed
     * @param receiver sees each decision, on the reader's thread
     */
    EventReader(BpfMap map, Supplier<Books> books, Interfaces interfaces, Consumer<DecisionRecord> receiver) {
        this.map = requireNonNull(map, "map is null");
        this.books = requireNonNull(books, "books is null");
        this.interfaces = requireNonNull(interfaces, "interfaces is null");
        this.receiver = requireNonNull(receiver, "receiver is null");
    }

    EventReader start() {
        Thread.ofPlatform().name("kernel-events").daemon().start(this::run);
        return this;
    }

    /** Waits until the reader has let go of the map. */
    @Override
    public void close() {
        stopped = true;
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (RingBuffer ring = RingBuffer.open(map, event -> receiver.accept(decision(event)))) {
            while (!stopped) {
                ring.poll(PATIENCE);
            }
        } catch (BpfException e) {
            LOG.log(System.Logger.Level.ERROR, "no decisions will be heard of: {0}", e.getMessage());
        } finally {
            ended.countDown();
        }
    }

    private DecisionRecord decision(MemorySegment event) {
        Reason reason = REASONS[event.get(JAVA_BYTE, REASON)];
        Verdict verdict = VERDICTS[event.get(JAVA_BYTE, VERDICT)];
        long generation = Integer.toUnsignedLong(event.get(JAVA_INT, GENERATION));
        Book book = books.get().of(generation);
        // what an audit policy would have denied is told by that policy, whichever rule let it pass
        int slot = event.get(JAVA_INT, reason == Reason.AUDIT_WOULD_DENY ? AUDIT : RULE);
        Optional<TableRule> rule = book.rule(slot);
        Optional<PolicyRef> policy = rule.map(book::policy);
        Hook hook = HOOKS[event.get(JAVA_BYTE, HOOK)];
        boolean isConnect = hook == Hook.CONNECT4 || hook == Hook.CONNECT6;
        int family = event.get(JAVA_BYTE, FAMILY);
        return new DecisionRecord(
                MonotonicClock.wallTime(event.get(JAVA_LONG, TIME)),
                hook,
                event.get(JAVA_BYTE, DIRECTION) == 0 ? Direction.INGRESS : Direction.EGRESS,
                verdict,
                reason,
                policy.map(PolicyRef::id).orElse(null),
                policy.map(PolicyRef::version).orElse(null),
                rule.map(TableRule::ruleId).orElse(null),
                isConnect ? null : address(event, SRC, family),
                address(event, DST, family),
                Short.toUnsignedInt(event.get(JAVA_SHORT, SPORT)),
                Short.toUnsignedInt(event.get(JAVA_SHORT, DPORT)),
                Byte.toUnsignedInt(event.get(JAVA_BYTE, PROTO)),
                Byte.toUnsignedInt(event.get(JAVA_BYTE, ICMP_TYPE)),
                Byte.toUnsignedInt(event.get(JAVA_BYTE, ICMP_CODE)),
                interfaces.name(event.get(JAVA_INT, IFINDEX)).orElse(null),
                generation,
                event.get(JAVA_INT, LENGTH),
                event.get(JAVA_INT, PID),
                command(event));
    }

    /** Null where the packet was malformed before its addresses. */
    private static String address(MemorySegment event, long at, int family) {
        return switch (family) {
            case 4 -> Addresses.format(event.asSlice(at, 4).toArray(JAVA_BYTE));
            case 6 -> Addresses.format(event.asSlice(at, 16).toArray(JAVA_BYTE));
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
        return Structs.offset(Structs.EVENT, member);
    }
}
