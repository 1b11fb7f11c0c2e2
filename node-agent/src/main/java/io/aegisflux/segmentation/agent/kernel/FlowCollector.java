package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.FlowSample;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.Protocols;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Verdict;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads from the maps of flows which connections there were, at no cost for packets: an entry stays until its place is needed,
 * so what is shorter than the time between two looks is seen too, unless the map is full. For one thread.
 */
final class FlowCollector {
    private static final long PORT_A = Structs.offset(Structs.FLOW_KEY, "a_port");
    private static final long PORT_B = Structs.offset(Structs.FLOW_KEY, "b_port");
    private static final long END_B = Structs.offset(Structs.FLOW_KEY, "b");
    private static final long PROTOCOL = Structs.offset(Structs.FLOW_KEY, "proto");
    private static final long FAMILY = Structs.offset(Structs.FLOW_KEY, "family");
    private static final long LAST_SEEN = Structs.offset(Structs.FLOW, "last_seen");
    private static final long FROM_A = Structs.offset(Structs.FLOW, "from_a");
    private static final long VERDICT = Structs.offset(Structs.FLOW, "verdict");
    private static final long GENERATION = Structs.offset(Structs.FLOW_VERDICT, "generation");
    private static final long RULE = Structs.offset(Structs.FLOW_VERDICT, "rule");
    private static final long AUDIT = Structs.offset(Structs.FLOW_VERDICT, "audit");
    private static final long IFINDEX = Structs.offset(Structs.FLOW_VERDICT, "ifindex");
    private static final long FLAGS = Structs.offset(Structs.FLOW_VERDICT, "flags");
    private static final int ALLOWED = 1; // FLOW_ALLOWED

    private static final ValueLayout.OfInt UNALIGNED_INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong UNALIGNED_LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    /** The kernel evicts before a map of least recent use is full: it keeps free places for each processor. */
    private static final double NEARLY_FULL = 0.9;

    /** Connections of the last look, by a hash of 64 bits: two of a hundred thousand share one in less than a billionth. */
    private LongSet known = new LongSet();

    private LongSet seen = new LongSet();
    private long lastLook = Long.MIN_VALUE;

    /** Stands for every source port that is not told apart. */
    private static final int CHOSEN = FlowRecord.CHOSEN_PORTS;

    /** What makes connections one row. Addresses are the words of the key, in the host's byte order. */
    private record Kind(
            int direction,
            long sourceHigh,
            long sourceLow,
            int sourcePort,
            long destHigh,
            long destLow,
            int destPort,
            int protocol,
            int family,
            int ifindex,
            int rule,
            int audit,
            int generation) {}

    private static final class Tally {
        private long begun;
        private long lastSeen = Long.MIN_VALUE;

        void add(boolean isNew, long at) {
            begun += isNew ? 1 : 0;
            lastSeen = Math.max(lastSeen, at);
        }
    }

    /**
     * Looks at all entries.
     *
     * @param maps {@code conntrack} and {@code opening}; stay the caller's
     */
    FlowSample collect(List<BpfMap> maps, Books books, Interfaces interfaces) throws BpfException {
        requireNonNull(books, "books is null");
        boolean isFirst = lastLook == Long.MIN_VALUE;
        long now = MonotonicClock.nanos();
        Map<Kind, Tally> tallies = new HashMap<>();
        seen.clear();
        boolean complete = true;
        for (BpfMap map : maps) {
            int before = seen.size();
            map.forEach((key, flow) -> {
                long hash = hash(key);
                seen.add(hash);
                long at = flow.get(JAVA_LONG, LAST_SEEN);
                // The programs' clock is behind by up to a tick: what began right after a look may seem older than it.
                boolean isNew = !known.contains(hash);
                if (isNew || at > lastLook) {
                    count(key, flow, at, isNew && !isFirst, tallies);
                }
            });
            complete &= seen.size() - before < NEARLY_FULL * map.maxEntries();
        }
        LongSet spare = known;
        known = seen;
        seen = spare;
        lastLook = now;
        List<FlowRecord> flows = new ArrayList<>(tallies.size());
        tallies.forEach((kind, tally) -> flows.add(record(kind, tally, books, interfaces)));
        return new FlowSample(flows, complete);
    }

    private static void count(MemorySegment key, MemorySegment flow, long at, boolean isNew, Map<Kind, Tally> tallies) {
        boolean fromA = flow.get(JAVA_BYTE, FROM_A) != 0;
        long source = fromA ? 0 : END_B;
        long dest = fromA ? END_B : 0;
        int protocol = Byte.toUnsignedInt(key.get(JAVA_BYTE, PROTOCOL));
        boolean ports = Protocols.hasPorts(protocol);
        int sourcePort = ports ? Math.min(CHOSEN, port(key, fromA ? PORT_A : PORT_B)) : CHOSEN;
        int destPort = ports ? port(key, fromA ? PORT_B : PORT_A) : 0;
        for (int direction = 0; direction < 2; direction++) {
            MemorySegment verdict = flow.asSlice(
                    VERDICT + direction * Structs.FLOW_VERDICT.byteSize(), Structs.FLOW_VERDICT.byteSize());
            if ((verdict.get(JAVA_INT, FLAGS) & ALLOWED) != 0) {
                Kind kind = new Kind(
                        direction,
                        word(key, source),
                        word(key, source + 8),
                        sourcePort,
                        word(key, dest),
                        word(key, dest + 8),
                        destPort,
                        protocol,
                        key.get(JAVA_BYTE, FAMILY),
                        verdict.get(JAVA_INT, IFINDEX),
                        verdict.get(JAVA_INT, RULE),
                        verdict.get(JAVA_INT, AUDIT),
                        verdict.get(JAVA_INT, GENERATION));
                tallies.computeIfAbsent(kind, ignored -> new Tally()).add(isNew, at);
            }
        }
    }

    private static FlowRecord record(Kind kind, Tally tally, Books books, Interfaces interfaces) {
        Book book = books.of(Integer.toUnsignedLong(kind.generation));
        Optional<TableRule> audit = book.rule(kind.audit).filter(rule -> rule.action() == Action.DENY);
        Optional<TableRule> decider = audit.or(() -> book.rule(kind.rule));
        Optional<PolicyRef> policy = decider.map(book::policy);
        boolean ports = Protocols.hasPorts(kind.protocol);
        boolean icmp = Protocols.isIcmp(kind.protocol);
        return new FlowRecord(
                kind.direction == 0 ? Direction.INGRESS : Direction.EGRESS,
                address(kind.family, kind.sourceHigh, kind.sourceLow),
                kind.sourcePort == CHOSEN ? null : kind.sourcePort,
                address(kind.family, kind.destHigh, kind.destLow),
                ports ? kind.destPort : null,
                Protocols.name(kind.protocol),
                icmp ? Protocols.echoRequest(kind.protocol) : null, // no other kind of ICMP begins a flow
                icmp ? 0 : null,
                interfaces.name(kind.ifindex).orElse(null),
                audit.isPresent() ? Verdict.AUDITED : Verdict.ALLOWED,
                audit.isPresent() ? Reason.AUDIT_WOULD_DENY : reason(decider, book == Book.EMPTY),
                policy.map(PolicyRef::id).orElse(null),
                policy.map(PolicyRef::version).orElse(null),
                decider.map(TableRule::ruleId).orElse(null),
                tally.begun,
                MonotonicClock.wallTime(tally.lastSeen));
    }

    /**
     * @param isOlder whether it was decided by a generation whose names are not known any more
     */
    private static Reason reason(Optional<TableRule> decider, boolean isOlder) {
        return decider.map(rule -> rule.isDefault() ? Reason.DEFAULT_ALLOW : Reason.RULE_ALLOW)
                .orElse(isOlder ? Reason.ESTABLISHED : Reason.POSTURE);
    }

    private static String address(int family, long high, long low) {
        byte[] bytes = new byte[family == 4 ? 4 : 16];
        MemorySegment segment = MemorySegment.ofArray(bytes);
        if (family == 4) {
            segment.set(UNALIGNED_INT, 0, (int) high);
        } else {
            segment.set(UNALIGNED_LONG, 0, high);
            segment.set(UNALIGNED_LONG, 8, low);
        }
        return Addresses.format(bytes);
    }

    private static int port(MemorySegment key, long at) {
        return Short.toUnsignedInt(key.get(JAVA_SHORT, at));
    }

    /** Eight bytes as they stand; the first four of an IPv4 address are its own. */
    private static long word(MemorySegment key, long at) {
        return key.get(UNALIGNED_LONG, at);
    }

    /** Mixes the words of a key as MurmurHash3's 64-bit finalizer does. */
    private static long hash(MemorySegment key) {
        long hash = 0;
        for (long at = 0; at < Structs.FLOW_KEY.byteSize(); at += Long.BYTES) {
            hash = (hash ^ key.get(UNALIGNED_LONG, at)) * 0xFF51AFD7ED558CCDL;
            hash = (hash ^ hash >>> 33) * 0xC4CEB9FE1A85EC53L;
            hash ^= hash >>> 33;
        }
        return hash;
    }
}
