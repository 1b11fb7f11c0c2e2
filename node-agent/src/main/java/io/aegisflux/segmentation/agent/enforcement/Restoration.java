package io.aegisflux.segmentation.agent.enforcement;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.Artifact;
import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.DesiredStateGate;
import io.aegisflux.segmentation.agent.domain.GateVerdict;
import io.aegisflux.segmentation.agent.domain.HighWaterMark;
import io.aegisflux.segmentation.agent.domain.HostState;
import io.aegisflux.segmentation.agent.domain.RefusedException;
import io.aegisflux.segmentation.agent.domain.Reports;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.SystemEvent;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * What an agent does first, without its broker: takes over what is pinned; after a reboot of the host, loads what was
 * in force from disk, proven again. Never fails: what cannot be restored is reported, and the broker is asked.
 */
public final class Restoration {
    private final DatapathLane lane;
    private final HostState disk;
    private final DesiredStateGate gate;
    private final ArtifactStage artifacts;
    private final TableSwitch tables;
    private final FailsafePeers failsafe;
    private final Standing standing;
    private final Reports reports;

    public Restoration(
            DatapathLane lane,
            HostState disk,
            DesiredStateGate gate,
            ArtifactStage artifacts,
            TableSwitch tables,
            FailsafePeers failsafe,
            Standing standing,
            Reports reports) {
        this.lane = requireNonNull(lane, "lane is null");
        this.disk = requireNonNull(disk, "disk is null");
        this.gate = requireNonNull(gate, "gate is null");
        this.artifacts = requireNonNull(artifacts, "artifacts is null");
        this.tables = requireNonNull(tables, "tables is null");
        this.failsafe = requireNonNull(failsafe, "failsafe is null");
        this.standing = requireNonNull(standing, "standing is null");
        this.reports = requireNonNull(reports, "reports is null");
    }

    /**
     * Restores what it can.
     *
     * @return the high-water mark to start from, and in one sentence what was found
     */
    Found restore() {
        String what;
        try {
            what = adoptOrLoad();
        } catch (DatapathException | RefusedException | IOException | RuntimeException e) {
            what = "what was in force is not restored: " + e.getMessage();
            reports.system(SystemEvent.ERROR, "restoration", what, "error", Map.of());
        }
        return new Found(mark(), what);
    }

    /** What a restart started from. */
    record Found(Optional<HighWaterMark> mark, String what) {}

    private String adoptOrLoad() throws DatapathException, RefusedException, IOException {
        Optional<Running> adopted = lane.call(Datapath::adopt);
        if (adopted.isPresent()) {
            tables.adopted();
            adopted = lane.call(Datapath::running);
        }
        if (adopted.flatMap(Running::identity).isPresent()) {
            Running running = adopted.get();
            standing.change(now -> now.enforcing(running));
            return "adopted generation %d of artifact %s".formatted(running.generation(), running.artifactDigest());
        }
        adopted.ifPresent(running -> standing.change(now -> now.reloaded(running)));
        Optional<HostState.Applied> remembered = disk.remembered();
        if (remembered.isEmpty()) {
            standing.change(now -> now.waiting("no desired state was accepted yet"));
            return "a first start: nothing is pinned, nothing is on disk";
        }
        return load(remembered.get(), adopted);
    }

    private String load(HostState.Applied applied, Optional<Running> adopted)
            throws DatapathException, RefusedException, IOException {
        DesiredState state = switch (gate.judge(applied.envelope(), Optional.empty())) {
            case GateVerdict.Accepted(DesiredState proven) -> proven;
            case GateVerdict.Unchanged(DesiredState proven) -> proven;
            case GateVerdict.Refused refused -> throw new RefusedException(refused.refusal());
        };
        RuleTable table = applied.tableOf(state);
        if (!adopted.map(Running::artifactDigest).equals(Optional.of(applied.artifact()))) {
            Artifact artifact = artifacts
                    .kept(applied.artifact())
                    .orElseThrow(() ->
                            new IOException("no sound copy of artifact %s is on disk".formatted(applied.artifact())));
            artifacts.load(artifact, adopted);
        }
        failsafe.writeKnown();
        Running running = tables.restore(table, TableStage.identity(state));
        standing.change(now -> now.enforcing(running));
        return "loaded revision %d from disk, with artifact %s".formatted(state.revision(), applied.artifact());
    }

    private Optional<HighWaterMark> mark() {
        Optional<HighWaterMark> onDisk = Optional.empty();
        try {
            onDisk = disk.mark();
        } catch (IOException e) {
            reports.system(
                    SystemEvent.ERROR,
                    "restoration",
                    "the high-water mark on disk is lost, what the kernel holds counts: " + e.getMessage(),
                    "error",
                    Map.of());
        }
        return HighWaterMark.highest(onDisk, standing.now().running().flatMap(Running::identity));
    }
}
