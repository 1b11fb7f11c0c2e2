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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Puts the table of an accepted state in force, or leaves the one that is and says why. For the control thread. */
public final class TableStage {
    private final ControlPlane controlPlane;
    private final TableSwitch tables;
    private final HostState disk;
    private final Reports reports;
    private final RefusalReports refusals;
    private final Backoff backoff;
    private final InstantSource clock;
    private Refusal last;

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
     * Installs the state's table.
     *
     * @param envelope the signed bytes that the state came in
     * @param artifact the digest of what runs
     * @param retry told when to try again after a failure
     * @return why it is not in force; empty when it is
     */
    Optional<String> apply(DesiredState state, byte[] envelope, String artifact, Consumer<Duration> retry) {
        Instant now = clock.instant();
        TableIdentity identity = identity(state);
        Attempt attempt = new Attempt(identity, artifact);
        if (!backoff.allows(attempt, now)) {
            return Optional.of(last.message());
        }
        RuleTable before = tables.table();
        RuleTable table = null;
        try {
            byte[] bytes = state.table() != null ? new byte[0] : controlPlane.table(TableGate.object(state));
            HostState.Applied applied = new HostState.Applied(envelope, bytes, artifact);
            table = applied.tableOf(state);
            long start = System.nanoTime();
            Running running = install(table, identity);
            remember(applied);
            backoff.succeeded();
            reportApplied(before, table, identity, running, start);
            return Optional.empty();
        } catch (UnreachableException e) {
            retry.accept(Duration.ofSeconds(2));
            return Optional.of("the table is not fetched yet: " + e.getMessage());
        } catch (RefusedException e) {
            last = e.refusal();
            retry.accept(backoff.failed(attempt, now));
            boolean isNews = refusals.report(
                    last, identity.tableDigest(), Map.of("epoch", identity.epoch(), "revision", identity.revision()));
            if (isNews && table != null) {
                reportPolicies(before, table, identity, Map.of("result", "refused", "reason", last.message()));
            }
            return Optional.of(last.message());
        }
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

    private void reportApplied(
            RuleTable before, RuleTable after, TableIdentity identity, Running running, long startNanos) {
        reports.system(
                SystemEvent.MAP_UPDATED,
                "datapath",
                "revision %d is in force".formatted(identity.revision()),
                "info",
                Map.of(
                        "epoch", identity.epoch(),
                        "revision", identity.revision(),
                        "generation", running.generation(),
                        "rules", after.rules().size(),
                        "table_bytes", running.tableBytes(),
                        "table_capacity", running.tableCapacity(),
                        "micros",
                                Duration.ofNanos(System.nanoTime() - startNanos).toNanos() / 1_000));
        reportPolicies(before, after, identity, Map.of("result", "applied", "generation", running.generation()));
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
}
