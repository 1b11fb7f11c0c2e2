package io.aegisflux.segmentation.agent.enforcement;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.ControlPlane;
import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.DesiredStateGate;
import io.aegisflux.segmentation.agent.domain.GateVerdict;
import io.aegisflux.segmentation.agent.domain.HighWaterMark;
import io.aegisflux.segmentation.agent.domain.HostState;
import io.aegisflux.segmentation.agent.domain.Lifecycle;
import io.aegisflux.segmentation.agent.domain.Refusal;
import io.aegisflux.segmentation.agent.domain.RefusalCode;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.UnreachableException;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.Digests;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One pass from the last message on the host's subject to the kernel. Level-triggered: what a pass could not do, the
 * next one tries again. For the control thread.
 */
public final class Convergence {
    private static final System.Logger LOG = System.getLogger(Convergence.class.getName());

    private final ControlPlane controlPlane;
    private final DesiredStateGate gate;
    private final HostState disk;
    private final ArtifactStage artifacts;
    private final TableStage tables;
    private final FailsafePeers failsafe;
    private final DatapathLane lane;
    private final Standing standing;
    private final RefusalReports refusals;
    private Optional<HighWaterMark> mark = Optional.empty();
    private Optional<Accepted> accepted = Optional.empty();

    /** A message that passed the gate, and what it says. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Accepted(byte[] message, DesiredState state) {}

    public Convergence(
            ControlPlane controlPlane,
            DesiredStateGate gate,
            HostState disk,
            ArtifactStage artifacts,
            TableStage tables,
            FailsafePeers failsafe,
            DatapathLane lane,
            Standing standing,
            RefusalReports refusals) {
        this.controlPlane = requireNonNull(controlPlane, "controlPlane is null");
        this.gate = requireNonNull(gate, "gate is null");
        this.disk = requireNonNull(disk, "disk is null");
        this.artifacts = requireNonNull(artifacts, "artifacts is null");
        this.tables = requireNonNull(tables, "tables is null");
        this.failsafe = requireNonNull(failsafe, "failsafe is null");
        this.lane = requireNonNull(lane, "lane is null");
        this.standing = requireNonNull(standing, "standing is null");
        this.refusals = requireNonNull(refusals, "refusals is null");
    }

    /** Starts from a mark that was found on disk. */
    void startFrom(Optional<HighWaterMark> found) {
        mark = found;
    }

    /**
     * Reads, judges and applies.
     *
     * @param retry told when to come back sooner than the next poll
     */
    void pass(Consumer<Duration> retry) {
        if (!controlPlane.isReachable()) {
            return;
        }
        try {
            Optional<byte[]> message = controlPlane.desiredState();
            if (message.isEmpty()) {
                standing.change(now -> now instanceof Lifecycle.Starting || now instanceof Lifecycle.Waiting
                        ? now.waiting("policy-service has not published a desired state for this host yet")
                        : now);
                return;
            }
            judge(message.get(), retry);
        } catch (UnreachableException e) {
            LOG.log(Level.DEBUG, "the desired state cannot be read now: {0}", e.getMessage());
        } catch (DatapathException e) {
            LOG.log(Level.ERROR, "the datapath does not answer: {0}", e.getMessage());
        }
    }

    private void judge(byte[] message, Consumer<Duration> retry) throws DatapathException {
        if (accepted.isPresent() && Arrays.equals(message, accepted.get().message)) {
            apply(accepted.get().state, message, retry); // at most polls; proving it takes longer than all else
            return;
        }
        Optional<HighWaterMark> highest =
                HighWaterMark.highest(mark, lane.call(Datapath::running).flatMap(Running::identity));
        switch (gate.judge(message, highest)) {
            case GateVerdict.Refused(Refusal refusal) ->
                refusals.report(refusal, Digests.sha256Hex(message), Map.of("bytes", message.length));
            case GateVerdict.Accepted(DesiredState state) -> {
                if (isWrittenDown(state, message)) {
                    apply(state, message, retry);
                }
            }
            case GateVerdict.Unchanged(DesiredState state) -> apply(state, message, retry);
        }
    }

    private boolean isWrittenDown(DesiredState state, byte[] message) {
        HighWaterMark next = HighWaterMark.of(state);
        try {
            disk.raise(next);
            mark = Optional.of(next);
            return true;
        } catch (IOException e) {
            Refusal refusal = new Refusal(
                    RefusalCode.NOT_PERSISTED,
                    "revision %d is not applied, for it cannot be remembered: %s"
                            .formatted(state.revision(), e.getMessage()));
            refusals.report(refusal, Digests.sha256Hex(message), Map.of("revision", state.revision()));
            standing.change(now -> now.behind(refusal.message()));
            return false;
        }
    }

    private void apply(DesiredState state, byte[] envelope, Consumer<Duration> retry) throws DatapathException {
        accepted = Optional.of(new Accepted(envelope, state));
        Optional<String> artifact = state.artifact() == null ? Optional.empty() : load(state.artifact(), retry);
        Optional<Running> running = lane.call(Datapath::running);
        if (running.isEmpty()) {
            standing.change(now -> now.behind(artifact.orElse("no artifact has been built for this architecture yet")));
            return;
        }
        Optional<String> trouble = tables.apply(state, envelope, running.get(), retry);
        if (trouble.isPresent()) {
            standing.change(now -> now.behind(trouble.get()));
            return;
        }
        Running inForce = lane.call(Datapath::running).orElseThrow();
        standing.change(now -> {
            Lifecycle next = now.enforcing(inForce);
            return artifact.map(next::concerned).orElse(next);
        });
    }

    private Optional<String> load(String digest, Consumer<Duration> retry) throws DatapathException {
        Optional<String> before = lane.call(Datapath::running).map(Running::artifactDigest);
        Optional<String> trouble = artifacts.ensure(digest, retry);
        Optional<Running> after = lane.call(Datapath::running);
        if (!after.map(Running::artifactDigest).equals(before)) {
            failsafe.refresh(true);
            after.ifPresent(running -> standing.change(now -> now.reloaded(running)));
        }
        return trouble;
    }
}
