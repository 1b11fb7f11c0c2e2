package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.Counters;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.MetricsReport.HookVerdict;
import io.aegisflux.segmentation.contracts.MetricsReport.RuleHit;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Verdict;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Sums what the programs count on each CPU. */
final class CounterReader {
    private static final long PACKETS = Structs.offset(Structs.TOTALS, "packets");
    private static final long BYTES = Structs.offset(Structs.TOTALS, "bytes");
    private static final long DROPS = Structs.offset(Structs.TOTALS, "drops");
    private static final long BLOCKED = Structs.offset(Structs.TOTALS, "connections_blocked");
    private static final long LAST_HIT = Structs.offset(Structs.RULE_COUNTER, "last_hit");
    private static final long LOST = Structs.offset(Structs.TOTALS, "events_lost");

    private final BpfMap totals;
    private final BpfMap rules;

    /**
     * @param totals {@code totals} of bpf/maps.h; stays the caller's, like the other
     * @param rules {@code rule_counters}
     */
    CounterReader(BpfMap totals, BpfMap rules) {
        this.totals = requireNonNull(totals, "totals is null");
        this.rules = requireNonNull(rules, "rules is null");
    }

    /** The counters now, those of rules under the names of the book. */
    Counters read(Book book) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sums = arena.allocate(totals.valueBytes(), 8);
            totals.lookup(DatapathMaps.key(arena, 0), sums);
            return new Counters(
                    verdicts(sums), sum(sums, BLOCKED), sum(sums, LOST), drops(sums), rules(book, arena), List.of());
        }
    }

    /** Sets the counters of rules to 0. */
    void reset(List<Integer> slots) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_INT);
            MemorySegment zeros = arena.allocate(rules.valueBytes(), 8);
            for (int slot : slots) {
                key.set(JAVA_INT, 0, slot);
                rules.update(key, zeros);
            }
        }
    }

    private static List<HookVerdict> verdicts(MemorySegment sums) {
        List<HookVerdict> verdicts = new ArrayList<>();
        for (Hook hook : Hook.values()) {
            for (Verdict verdict : Verdict.values()) {
                long cell = 8L * (hook.ordinal() * Structs.VERDICTS + verdict.ordinal());
                long packets = sum(sums, PACKETS + cell);
                if (packets > 0) {
                    verdicts.add(new HookVerdict(hook, verdict, packets, sum(sums, BYTES + cell)));
                }
            }
        }
        return verdicts;
    }

    private static Map<Reason, Long> drops(MemorySegment sums) {
        Map<Reason, Long> drops = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            long count = sum(sums, DROPS + 8L * reason.ordinal());
            if (count > 0) {
                drops.put(reason, count);
            }
        }
        return drops;
    }

    private List<RuleHit> rules(Book book, Arena arena) throws BpfException {
        List<RuleHit> hits = new ArrayList<>();
        MemorySegment key = arena.allocate(JAVA_INT);
        MemorySegment value = arena.allocate(rules.valueBytes(), 8);
        for (int slot : new TreeSet<>(book.slots())) {
            TableRule rule = book.rule(slot).orElse(null);
            if (rule == null) {
                continue;
            }
            key.set(JAVA_INT, 0, slot);
            rules.lookup(key, value);
            long packets = sum(value, 0, Structs.RULE_COUNTER.byteSize());
            long bytes = sum(value, 8, Structs.RULE_COUNTER.byteSize());
            if (packets > 0) {
                PolicyRef policy = book.policy(rule);
                hits.add(new RuleHit(
                        policy.id(),
                        policy.version(),
                        rule.ruleId(),
                        packets,
                        bytes,
                        MonotonicClock.wallTime(lastHit(value))));
            }
        }
        return hits;
    }

    /** Of the CPU that met it last. */
    private static long lastHit(MemorySegment counter) {
        long last = 0;
        for (long cpu = 0; cpu < counter.byteSize(); cpu += Structs.RULE_COUNTER.byteSize()) {
            last = Math.max(last, counter.get(JAVA_LONG, cpu + LAST_HIT));
        }
        return last;
    }

    /** A member of {@code struct totals}, over all CPUs. */
    static long sum(MemorySegment sums, long at) {
        return sum(sums, at, Structs.TOTALS.byteSize());
    }

    /** Over all CPUs, whose values stand one after the other. */
    private static long sum(MemorySegment values, long at, long stride) {
        long sum = 0;
        for (long cpu = 0; cpu < values.byteSize(); cpu += stride) {
            sum += values.get(JAVA_LONG, cpu + at);
        }
        return sum;
    }
}
