package io.aegisflux.segmentation.agent.enforcement;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.ArtifactGate;
import io.aegisflux.segmentation.agent.domain.Backoff;
import io.aegisflux.segmentation.agent.domain.ControlPlane;
import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.DesiredStateGate;
import io.aegisflux.segmentation.agent.domain.FailsafeEntry;
import io.aegisflux.segmentation.agent.domain.HostState;
import io.aegisflux.segmentation.agent.domain.Reports;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.RuleTable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Supplier;

/** The enforcing half of the agent, put together: gates, stages, the two threads they run on. */
public final class Enforcement implements AutoCloseable {
    private static final Duration FIRST_RETRY = Duration.ofSeconds(30);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(10);

    private final DatapathLane lane;
    private final Standing standing = new Standing();
    private final TableSwitch tables;
    private final Restoration restoration;
    private final Convergence convergence;
    private final ControlLoop loop;
    private final Upkeep upkeep;

    /** What it works with. */
    public record Ports(Datapath datapath, ControlPlane controlPlane, HostState disk, Reports reports) {
        public Ports {
            requireNonNull(datapath, "datapath is null");
            requireNonNull(controlPlane, "controlPlane is null");
            requireNonNull(disk, "disk is null");
            requireNonNull(reports, "reports is null");
        }
    }

    /**
     * @param stateGate judges what the broker says
     * @param artifactGate judges what may be loaded
     * @param spec what to ask the builder for
     * @param knownPeers failsafe entries that need no name server
     * @param allPeers all failsafe entries
     * @param pollInterval between looks at the desired state
     * @param confirmWithin after this, a new table goes unless the bus has answered over it
     */
    public Enforcement(
            Ports ports,
            DesiredStateGate stateGate,
            ArtifactGate artifactGate,
            BuildSpec spec,
            Supplier<Set<FailsafeEntry>> knownPeers,
            Supplier<Set<FailsafeEntry>> allPeers,
            Duration pollInterval,
            Duration confirmWithin,
            InstantSource clock) {
        Reports reports = ports.reports();
        lane = new DatapathLane(ports.datapath());
        tables = new TableSwitch(lane, standing, reports, confirmWithin, clock);
        FailsafePeers failsafe = new FailsafePeers(lane, knownPeers, allPeers, reports);
        RefusalReports refusals = new RefusalReports(reports, standing, clock);
        ArtifactStage artifactStage = new ArtifactStage(
                ports.controlPlane(),
                artifactGate,
                ports.disk(),
                lane,
                reports,
                refusals,
                spec,
                new Backoff(FIRST_RETRY, LONGEST_RETRY),
                clock);
        TableStage tableStage = new TableStage(
                ports.controlPlane(),
                tables,
                ports.disk(),
                reports,
                refusals,
                new Backoff(FIRST_RETRY, LONGEST_RETRY),
                clock);
        convergence = new Convergence(
                ports.controlPlane(),
                stateGate,
                ports.disk(),
                artifactStage,
                tableStage,
                failsafe,
                lane,
                standing,
                refusals);
        restoration =
                new Restoration(lane, ports.disk(), stateGate, artifactStage, tables, failsafe, standing, reports);
        upkeep = new Upkeep(lane, failsafe, reports);
        loop = new ControlLoop(pollInterval, this::pass, upkeep::round);
    }

    /**
     * Restores what was in force, without the broker.
     *
     * @return in one sentence what was found
     */
    public String restore() {
        Restoration.Found found = restoration.restore();
        convergence.startFrom(found.mark());
        return found.what();
    }

    /** Begins to follow the broker. */
    public void follow() {
        loop.start();
    }

    /** The desired state may have changed: look. Returns at once. */
    public void ring() {
        loop.ring();
    }

    /** Interfaces or hooks may have changed: look. Returns at once. */
    public void look() {
        upkeep.look();
    }

    public Standing standing() {
        return standing;
    }

    /** The table in force. */
    public RuleTable table() {
        return tables.table();
    }

    /** For reading the datapath. */
    public DatapathLane lane() {
        return lane;
    }

    /** Stops following; what is enforced stays. */
    @Override
    public void close() {
        loop.close();
        lane.close();
    }

    private void pass() {
        convergence.pass(loop::ringIn);
    }
}
