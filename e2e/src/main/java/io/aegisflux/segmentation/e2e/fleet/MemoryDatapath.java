package io.aegisflux.segmentation.e2e.fleet;

import io.aegisflux.segmentation.agent.domain.Counters;
import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.agent.domain.FailsafeEntry;
import io.aegisflux.segmentation.agent.domain.Fallback;
import io.aegisflux.segmentation.agent.domain.FlowSample;
import io.aegisflux.segmentation.agent.domain.Ruling;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.TableIdentity;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.MetricsReport.HookVerdict;
import io.aegisflux.segmentation.contracts.MetricsReport.RuleHit;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The datapath of a host without a kernel: the table in force is a reference. It outlives its agent as pins do, and goes
 * back to the table before when one is not confirmed in time, as the programs do. Of a table it counts hits of the first
 * rules, so that metrics have the length of an ordinary host's.
 */
final class MemoryDatapath implements Datapath {
    private static final int RULES_HIT = 20;
    private static final long BYTES_PER_RULE = 120;
    private static final long CAPACITY = 100_000 * BYTES_PER_RULE;

    private State now = new State(null, RuleTable.EMPTY);
    private State before = now;
    private long packets;

    /** @param running null before programs were loaded */
    private record State(Running running, RuleTable table) {}

    @Override
    public synchronized Optional<Running> adopt() {
        return running();
    }

    @Override
    public synchronized Running load(byte[] object, String digest) {
        Running running = now.running == null
                ? new Running(digest, 0, Optional.empty(), 0, CAPACITY, Optional.empty())
                : new Running(
                        digest,
                        now.running.generation(),
                        now.running.identity(),
                        now.running.tableBytes(),
                        CAPACITY,
                        now.running.confirmBy());
        now = new State(running, now.table);
        return running;
    }

    @Override
    public synchronized Running install(RuleTable table, TableIdentity identity, Instant at, Duration confirmWithin) {
        before = now;
        Optional<Instant> confirmBy = confirmWithin.isZero() ? Optional.empty() : Optional.of(at.plus(confirmWithin));
        now = new State(
                new Running(
                        now.running.artifactDigest(),
                        now.running.generation() + 1,
                        Optional.of(identity),
                        table.rules().size() * BYTES_PER_RULE,
                        CAPACITY,
                        confirmBy),
                table);
        return now.running;
    }

    @Override
    public synchronized boolean confirm(long generation) {
        if (isOverdue() || now.running.generation() != generation) {
            return false;
        }
        now = new State(
                new Running(
                        now.running.artifactDigest(),
                        generation,
                        now.running.identity(),
                        now.running.tableBytes(),
                        CAPACITY,
                        Optional.empty()),
                now.table);
        return true;
    }

    @Override
    public synchronized Optional<Fallback> settle() {
        if (!isOverdue()) {
            return Optional.empty();
        }
        Fallback fallback = new Fallback(now.running.generation(), now.running.identity());
        now = before;
        return Optional.of(fallback);
    }

    @Override
    public synchronized Optional<Running> running() {
        return Optional.ofNullable(now.running);
    }

    @Override
    public synchronized RuleTable table() {
        return now.table;
    }

    @Override
    public synchronized Counters counters() {
        packets += RULES_HIT;
        long seen = packets;
        return new Counters(
                List.of(new HookVerdict(Hook.TC_INGRESS, Verdict.ALLOWED, seen, seen * 800)),
                0,
                0,
                Map.of(),
                now.table.rules().stream()
                        .limit(RULES_HIT)
                        .map(rule -> hit(now.table.policies().get(rule.policy()), rule.ruleId(), seen))
                        .toList(),
                List.of());
    }

    /** No connections: what a host records of them depends on its traffic, not on policies. */
    @Override
    public Ruling probe(PacketTuple packet) throws DatapathException {
        throw new DatapathException("a simulated host has no kernel that could be asked", "", null);
    }

    @Override
    public FlowSample flows() {
        return FlowSample.NONE;
    }

    @Override
    public void onDecision(Consumer<DecisionRecord> receiver) {
        // there are no packets that could be decided about
    }

    @Override
    public void failsafe(Set<FailsafeEntry> entries) {
        // there is nobody who could be cut off
    }

    @Override
    public synchronized Map<String, String> hooks() {
        return now.running == null ? Map.of() : Map.of("tc_ingress@eth0", "tcx", "tc_egress@eth0", "tcx");
    }

    @Override
    public void onNetworkChange(Runnable listener) {
        // the network never changes
    }

    @Override
    public List<String> reconcile() {
        return List.of();
    }

    @Override
    public synchronized void remove() {
        now = new State(null, RuleTable.EMPTY);
    }

    @Override
    public void close() {
        // what is enforced stays
    }

    private static RuleHit hit(PolicyRef policy, String rule, long seen) {
        return new RuleHit(policy.id(), policy.version(), rule, seen / RULES_HIT, seen * 40, null);
    }

    private boolean isOverdue() {
        return now.running != null
                && now.running
                        .confirmBy()
                        .filter(by -> !by.isAfter(Instant.now()))
                        .isPresent();
    }
}
