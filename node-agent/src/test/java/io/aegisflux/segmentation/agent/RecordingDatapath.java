package io.aegisflux.segmentation.agent;

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
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.MetricsReport.HookVerdict;
import io.aegisflux.segmentation.contracts.MetricsReport.MapUse;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The datapath of a host that is not there: keeps what a kernel would, for tests of what goes over the bus. {@link
 * Kernel} outlives it as pins outlive an agent.
 */
final class RecordingDatapath implements Datapath {
    static final long CAPACITY = 100;

    private final Kernel kernel;
    private Consumer<DecisionRecord> receiver = decision -> {};
    private boolean isOpen = true;
    volatile Runnable networkChanged = () -> {};
    final AtomicReference<FlowSample> flows = new AtomicReference<>(FlowSample.NONE);
    volatile List<String> repairs = List.of();
    volatile Runnable duringLook = () -> {};
    volatile Runnable duringProbe = () -> {};
    volatile String refuseProbe;
    final AtomicInteger looks = new AtomicInteger();

    /** What stays when the agent goes. */
    static final class Kernel {
        final List<Installed> installs = new ArrayList<>();
        final List<String> loads = new ArrayList<>();
        Set<FailsafeEntry> failsafe = Set.of();
        Running running;
        RuleTable table = RuleTable.EMPTY;
        Running before;
        RuleTable tableBefore = RuleTable.EMPTY;
        String refuseLoad;
        Runnable afterInstall = () -> {};

        private boolean isExpired() {
            return running != null
                    && running.confirmBy()
                            .filter(by -> !by.isAfter(Instant.now()))
                            .isPresent();
        }

        synchronized List<Installed> installs() {
            return List.copyOf(installs);
        }

        synchronized List<String> loads() {
            return List.copyOf(loads);
        }

        synchronized Optional<Running> running() {
            return Optional.ofNullable(running);
        }

        synchronized RuleTable table() {
            return table;
        }

        synchronized Set<FailsafeEntry> failsafe() {
            return failsafe;
        }

        /** As a reboot does. */
        synchronized void forget() {
            running = null;
            table = RuleTable.EMPTY;
        }
    }

    record Installed(RuleTable table, TableIdentity identity, Instant at, List<String> rulesInForce) {}

    RecordingDatapath(Kernel kernel) {
        this.kernel = kernel;
    }

    void decide(DecisionRecord decision) {
        receiver.accept(decision);
    }

    @Override
    public Optional<Running> adopt() {
        return kernel.running();
    }

    @Override
    public Running load(byte[] object, String digest) throws DatapathException {
        synchronized (kernel) {
            if (digest.equals(kernel.refuseLoad)) {
                throw new DatapathException("EACCES: the verifier refuses tc_ingress", "0: R1 !read_ok", null);
            }
            kernel.loads.add(digest);
            kernel.running = kernel.running == null
                    ? new Running(digest, 0, Optional.empty(), 0, CAPACITY, Optional.empty())
                    : new Running(
                            digest,
                            kernel.running.generation(),
                            kernel.running.identity(),
                            kernel.running.tableBytes(),
                            CAPACITY,
                            kernel.running.confirmBy());
            return kernel.running;
        }
    }

    @Override
    public Running install(RuleTable table, TableIdentity identity, Instant now, Duration confirmWithin)
            throws DatapathException {
        synchronized (kernel) {
            if (!isOpen || kernel.running == null) {
                throw new IllegalStateException("install without programs");
            }
            List<String> live = table.rules().stream()
                    .filter(rule -> rule.expiresAt() == null || rule.expiresAt().isAfter(now))
                    .map(TableRule::ruleId)
                    .toList();
            if (live.size() > CAPACITY) {
                throw new DatapathException(
                        "the table needs %d entries, %d fit".formatted(live.size(), CAPACITY), "", null);
            }
            kernel.before = kernel.running;
            kernel.tableBefore = kernel.table;
            kernel.installs.add(new Installed(table, identity, now, live));
            kernel.table = table;
            kernel.running = new Running(
                    kernel.running.artifactDigest(),
                    kernel.running.generation() + 1,
                    Optional.of(identity),
                    live.size(),
                    CAPACITY,
                    confirmWithin.isZero()
                            ? Optional.empty()
                            : Optional.of(Instant.now().plus(confirmWithin)));
            kernel.afterInstall.run();
            return kernel.running;
        }
    }

    @Override
    public boolean confirm(long generation) {
        synchronized (kernel) {
            if (kernel.isExpired() || kernel.running.generation() != generation) {
                return false;
            }
            kernel.running = new Running(
                    kernel.running.artifactDigest(),
                    kernel.running.generation(),
                    kernel.running.identity(),
                    kernel.running.tableBytes(),
                    CAPACITY,
                    Optional.empty());
            return true;
        }
    }

    @Override
    public Optional<Fallback> settle() {
        synchronized (kernel) {
            if (!kernel.isExpired()) {
                return Optional.empty();
            }
            Fallback fallback = new Fallback(kernel.running.generation(), kernel.running.identity());
            kernel.running = kernel.before;
            kernel.table = kernel.tableBefore;
            return Optional.of(fallback);
        }
    }

    @Override
    public Optional<Running> running() {
        return kernel.running();
    }

    @Override
    public RuleTable table() {
        return kernel.table();
    }

    @Override
    public Counters counters() {
        return new Counters(
                List.of(
                        new HookVerdict(Hook.TC_INGRESS, Verdict.ALLOWED, 7, 700),
                        new HookVerdict(Hook.TC_INGRESS, Verdict.DROPPED, 3, 180)),
                1,
                0,
                Map.of(),
                List.of(),
                List.of(new MapUse("conntrack", 5, 131_072)));
    }

    @Override
    public Ruling probe(PacketTuple packet) throws DatapathException {
        duringProbe.run();
        if (packet.sourceIp().equals("not an address")) {
            throw new IllegalArgumentException("source_ip: \"not an address\" is not an IPv4 or IPv6 address");
        }
        if (refuseProbe != null) {
            throw new DatapathException(refuseProbe, "", null);
        }
        Running now = kernel.running().orElseThrow();
        Decision decision = Evaluator.forFew(kernel.table()).decide(packet, Instant.now());
        return new Ruling(
                decision.action() == Action.DENY ? Verdict.DROPPED : Verdict.ALLOWED,
                decision.reason(),
                decision.policyId(),
                decision.policyVersion(),
                decision.ruleId(),
                null,
                "golden",
                now.artifactDigest(),
                now.generation(),
                now.identity());
    }

    @Override
    public FlowSample flows() {
        return flows.getAndSet(FlowSample.NONE);
    }

    @Override
    public void onDecision(Consumer<DecisionRecord> newReceiver) {
        receiver = newReceiver;
    }

    @Override
    public void failsafe(Set<FailsafeEntry> entries) {
        synchronized (kernel) {
            kernel.failsafe = Set.copyOf(entries);
        }
    }

    @Override
    public Map<String, String> hooks() {
        return kernel.running().isEmpty()
                ? Map.of()
                : Map.of("tc_ingress@eth0", "tcx", "xdp@eth0", "off: not asked for");
    }

    @Override
    public void onNetworkChange(Runnable listener) {
        networkChanged = listener;
    }

    @Override
    public List<String> reconcile() {
        looks.incrementAndGet();
        duringLook.run();
        return repairs;
    }

    @Override
    public void remove() {
        kernel.forget();
    }

    @Override
    public void close() {
        isOpen = false;
    }
}
