package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Verdict;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Gives the programs' decisions their names, while the table that decided is still known. */
final class DecisionNames {
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

    private static final Hook[] HOOKS = Hook.values();
    private static final Verdict[] VERDICTS = Verdict.values();
    private static final Reason[] REASONS = Reason.values();

    private final Supplier<Books> books;
    private final Interfaces interfaces;

    DecisionNames(Supplier<Books> books, Interfaces interfaces) {
        this.books = requireNonNull(books, "books is null");
        this.interfaces = requireNonNull(interfaces, "interfaces is null");
    }

    /** Whether a process asked to connect, rather than a packet came. */
    static boolean isOfProcess(MemorySegment key) {
        Hook hook = HOOKS[key.get(JAVA_BYTE, HOOK)];
        return hook == Hook.CONNECT4 || hook == Hook.CONNECT6;
    }

    /**
     * A decision about a packet.
     *
     * @param key a {@code struct event_key}
     * @param time monotonic nanoseconds
     */
    DecisionRecord ofPacket(MemorySegment key, long time, long bytes) {
        return decision(key, time, bytes, 0, null);
    }

    /** A decision about a process; as above. */
    DecisionRecord ofProcess(MemorySegment key, long time, int pid, String command) {
        return decision(key, time, 0, pid, command);
    }

    private DecisionRecord decision(MemorySegment key, long time, long bytes, int pid, String command) {
        Instant at = MonotonicClock.wallTime(time);
        Reason reason = REASONS[key.get(JAVA_BYTE, REASON)];
        long generation = Integer.toUnsignedLong(key.get(JAVA_INT, GENERATION));
        Book book = books.get().of(generation);
        // what an audit policy would have denied is told by that policy, whichever rule let it pass
        int slot = key.get(JAVA_INT, reason == Reason.AUDIT_WOULD_DENY ? AUDIT : RULE);
        Optional<TableRule> rule = book.rule(slot);
        Optional<PolicyRef> policy = rule.map(book::policy);
        int family = key.get(JAVA_BYTE, FAMILY);
        return new DecisionRecord(
                at,
                at,
                1,
                HOOKS[key.get(JAVA_BYTE, HOOK)],
                key.get(JAVA_BYTE, DIRECTION) == 0 ? Direction.INGRESS : Direction.EGRESS,
                VERDICTS[key.get(JAVA_BYTE, VERDICT)],
                reason,
                policy.map(PolicyRef::id).orElse(null),
                policy.map(PolicyRef::version).orElse(null),
                rule.map(TableRule::ruleId).orElse(null),
                isOfProcess(key) ? null : address(key, SRC, family),
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

    private static long offset(String member) {
        return Structs.offset(Structs.EVENT_KEY, member);
    }
}
