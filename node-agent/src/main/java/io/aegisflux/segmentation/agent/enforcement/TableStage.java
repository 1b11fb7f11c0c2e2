package io.aegisflux.segmentation.agent.enforcement;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.Backoff;
import io.aegisflux.segmentation.agent.domain.ControlPlane;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.HostState;
import io.aegisflux.segmentation.agent.domain.PolicyChanges;
import io.aegisflux.segmentation.agent.domain.Refusal;
import io.aegisflux.segmentation.agent.domain.RefusalCode;
import io.aegisflux.segmentation.agent.domain.RefusedException;
import io.aegisflux.segmentation.agent.domain.Reports;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.TableGate;
import io.aegisflux.segmentation.agent.domain.TableIdentity;
import io.aegisflux.segmentation.agent.domain.UnreachableException;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.SystemEvent;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Puts the table of an accepted state in force, or leaves the one that is and says why. For the control thread. */
public final class TableStage {
    private static final System.Logger LOG = System.getLogger(TableStage.class.getName());
    private static final Duration FETCH_RETRY = Duration.ofSeconds(2);
    private static final Duration CONFIRM_RETRY = Duration.ofSeconds(1);

    private final ControlPlane controlPlane;
    private final TableSwitch tables;
    private final HostState disk;
    private final Reports reports;
    private final RefusalReports refusals;
    private final Backoff backoff;
    private final InstantSource clock;
    private String lastTrouble = "";
    private Optional<Installation> unconfirmed = Optional.empty();

    /**
     * @param backoff between attempts at the same table
     */
    public TableStage(
            ControlPlane controlPlane,
            TableSwitch tables,
            HostState disk,
            Reports reports,
            RefusalReports refusals,
            Backoff backoff,
            InstantSource clock) {
        this.controlPlane = requireNonNull(controlPlane, "controlPlane is null");
        this.tables = requireNonNull(tables, "tables is null");
        this.disk = requireNonNull(disk, "disk is null");
        this.reports = requireNonNull(reports, "reports is null");
        this.refusals = requireNonNull(refusals, "refusals is null");
        this.backoff = requireNonNull(backoff, "backoff is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    static TableIdentity identity(DesiredState state) {
        return new TableIdentity(state.epoch(), state.revision(), state.tableDigest());
    }

    /**
     * Sees to it that the state's table is in force and confirmed. That the state could be read is an answer of the bus
     * over what is in force.
     *
     * @param envelope the signed bytes that the state came in
     * @param running what runs
     * @param retry told when to try again after a failure
     * @return why it is not in force for good; empty when it is
     */
    Optional<String> apply(DesiredState state, byte[] envelope, Running running, Consumer<Duration> retry)
            throws DatapathException {
        boolean isInForce = running.identity().equals(Optional.of(identity(state)));
        if (running.confirmBy().isPresent()) {
            if (unconfirmed.isEmpty() && isInForce) {
                unconfirmed = ofAnEarlierAgent(state, envelope, running);
            }
            Optional<String> doubt = confirm(running, retry);
            if (doubt.isPresent()) {
                return doubt;
            }
        } else {
            unconfirmed.ifPresent(gone -> rolledBack(gone, retry));
        }
        return isInForce ? Optional.empty() : install(state, envelope, running.artifactDigest(), retry);
    }

    private Optional<String> install(DesiredState state, byte[] envelope, String artifact, Consumer<Duration> retry)
            throws DatapathException {
        Instant now = clock.instant();
        TableIdentity identity = identity(state);
        Attempt attempt = new Attempt(identity, artifact);
        if (!backoff.allows(attempt, now)) {
            return Optional.of(lastTrouble);
        }
        RuleTable before = tables.table();
        RuleTable table = null;
        Running running;
        try {
            HostState.Applied applied = new HostState.Applied(envelope, tableObject(state), artifact);
            table = applied.tableOf(state);
            long start = System.nanoTime();
            running = install(table, identity);
            unconfirmed = Optional.of(new Installation(attempt, applied, before, table, running, start));
        } catch (UnreachableException e) {
            retry.accept(FETCH_RETRY);
            return Optional.of("the table is not fetched yet: " + e.getMessage());
        } catch (RefusedException e) {
            Refusal refusal = e.refusal();
            lastTrouble = refusal.message();
            retry.accept(backoff.failed(attempt, now));
            boolean isNews = refusals.report(
                    refusal,
                    identity.tableDigest(),
                    Map.of("epoch", identity.epoch(), "revision", identity.revision()));
            if (isNews && table != null) {
                reportPolicies(before, table, identity, Map.of("result", "refused", "reason", refusal.message()));
            }
            return Optional.of(refusal.message());
        }
        return confirmOverTheBus(running, retry);
    }

    private Optional<String> confirmOverTheBus(Running running, Consumer<Duration> retry) throws DatapathException {
        try {
            controlPlane.requireAnswer();
        } catch (UnreachableException e) {
            retry.accept(CONFIRM_RETRY);
            return Optional.of("the new table goes unless the bus answers over it: " + e.getMessage());
        }
        return confirm(running, retry);
    }

    private Optional<String> confirm(Running running, Consumer<Duration> retry) throws DatapathException {
        if (!tables.confirm(running.generation())) {
            retry.accept(CONFIRM_RETRY);
            return Optional.of("the new table was not confirmed in time");
        }
        unconfirmed.ifPresent(installation -> {
            remember(installation.applied);
            backoff.succeeded();
            reportApplied(installation);
        });
        unconfirmed = Optional.empty();
        return Optional.empty();
    }

    private void rolledBack(Installation gone, Consumer<Duration> retry) {
        TableIdentity identity = gone.attempt.identity;
        lastTrouble = "revision %d was not confirmed in time, what was before is in force again"
                .formatted(identity.revision());
        retry.accept(backoff.failed(gone.attempt, clock.instant()));
        reportPolicies(gone.before, gone.table, identity, Map.of("result", "rolled_back", "reason", lastTrouble));
        unconfirmed = Optional.empty();
    }

    /** Empty when what it was cannot be read now: it is confirmed all the same, but not remembered. */
    private Optional<Installation> ofAnEarlierAgent(DesiredState state, byte[] envelope, Running running) {
        try {
            HostState.Applied applied = new HostState.Applied(envelope, tableObject(state), running.artifactDigest());
            return Optional.of(new Installation(
                    new Attempt(identity(state), running.artifactDigest()),
                    applied,
                    RuleTable.EMPTY,
                    applied.tableOf(state),
                    running,
                    System.nanoTime()));
        } catch (UnreachableException | RefusedException e) {
            LOG.log(Level.WARNING, "what an earlier agent put in force is not on disk: {0}", e.getMessage());
            return Optional.empty();
        }
    }

    private byte[] tableObject(DesiredState state) throws UnreachableException, RefusedException {
        return state.table() != null ? new byte[0] : controlPlane.table(TableGate.object(state));
    }

    private Running install(RuleTable table, TableIdentity identity) throws RefusedException {
        try {
            return tables.install(table, identity);
        } catch (DatapathException e) {
            throw new RefusedException(new Refusal(
                    RefusalCode.TABLE_NOT_INSTALLED, "the table is not taken: " + e.getMessage(), e.detail()));
        }
    }

    private void remember(HostState.Applied applied) {
        try {
            disk.remember(applied);
            disk.forgetArtifactsBut(applied.artifact());
        } catch (IOException e) {
            reports.system(
                    SystemEvent.ERROR,
                    "state",
                    "what is in force is not on disk, a reboot would fall back: " + e.getMessage(),
                    "error",
                    Map.of());
        }
    }

    private void reportApplied(Installation installation) {
        TableIdentity identity = installation.attempt.identity;
        Running running = installation.running;
        reports.system(
                SystemEvent.MAP_UPDATED,
                "datapath",
                "revision %d is in force".formatted(identity.revision()),
                "info",
                Map.of(
                        "epoch", identity.epoch(),
                        "revision", identity.revision(),
                        "generation", running.generation(),
                        "rules", installation.table.rules().size(),
                        "table_bytes", running.tableBytes(),
                        "table_capacity", running.tableCapacity(),
                        "micros",
                                Duration.ofNanos(System.nanoTime() - installation.startNanos)
                                                .toNanos()
                                        / 1_000));
        reportPolicies(
                installation.before,
                installation.table,
                identity,
                Map.of("result", "applied", "generation", running.generation()));
    }

    private void reportPolicies(
            RuleTable before, RuleTable after, TableIdentity identity, Map<String, Object> outcome) {
        Map<String, Object> metadata = new HashMap<>(outcome);
        metadata.put("epoch", identity.epoch());
        for (PolicyChanges.Change change : PolicyChanges.between(before, after)) {
            reports.policy(change, identity.revision(), metadata);
        }
    }

    /** A table that did not fit one artifact may fit another. */
    private record Attempt(TableIdentity identity, String artifact) {}

    /** What came into force, until it is confirmed. */
    private record Installation(
            Attempt attempt,
            HostState.Applied applied,
            RuleTable before,
            RuleTable table,
            Running running,
            long startNanos) {}
}
