package io.aegisflux.segmentation.agent.enforcement;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.Artifact;
import io.aegisflux.segmentation.agent.domain.ArtifactGate;
import io.aegisflux.segmentation.agent.domain.Backoff;
import io.aegisflux.segmentation.agent.domain.ControlPlane;
import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.HostState;
import io.aegisflux.segmentation.agent.domain.Refusal;
import io.aegisflux.segmentation.agent.domain.RefusalCode;
import io.aegisflux.segmentation.agent.domain.RefusedException;
import io.aegisflux.segmentation.agent.domain.Reports;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.UnreachableException;
import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.SystemEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Brings the kernel to the wished artifact, or leaves what runs and says why. For the control thread. */
public final class ArtifactStage {
    private final ControlPlane controlPlane;
    private final ArtifactGate gate;
    private final HostState disk;
    private final DatapathLane lane;
    private final Reports reports;
    private final RefusalReports refusals;
    private final BuildSpec spec;
    private final Backoff backoff;
    private final InstantSource clock;
    private Refusal last;

    /**
     * @param spec what to ask the builder for when the artifact cannot be used
     * @param backoff between attempts at the same artifact
     */
    public ArtifactStage(
            ControlPlane controlPlane,
            ArtifactGate gate,
            HostState disk,
            DatapathLane lane,
            Reports reports,
            RefusalReports refusals,
            BuildSpec spec,
            Backoff backoff,
            InstantSource clock) {
        this.controlPlane = requireNonNull(controlPlane, "controlPlane is null");
        this.gate = requireNonNull(gate, "gate is null");
        this.disk = requireNonNull(disk, "disk is null");
        this.lane = requireNonNull(lane, "lane is null");
        this.reports = requireNonNull(reports, "reports is null");
        this.refusals = requireNonNull(refusals, "refusals is null");
        this.spec = requireNonNull(spec, "spec is null");
        this.backoff = requireNonNull(backoff, "backoff is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Loads the artifact unless it runs.
     *
     * @param retry told when to try again after a failure
     * @return why it does not run; empty when it does
     */
    Optional<String> ensure(String digest, Consumer<Duration> retry) throws DatapathException {
        Optional<Running> before = lane.call(Datapath::running);
        if (before.map(Running::artifactDigest).filter(digest::equals).isPresent()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        if (!backoff.allows(digest, now)) {
            return Optional.of(last.message());
        }
        try {
            load(proven(digest), before);
            backoff.succeeded();
            return Optional.empty();
        } catch (UnreachableException e) {
            retry.accept(Duration.ofSeconds(2));
            return Optional.of("artifact %s is not fetched yet: %s".formatted(digest, e.getMessage()));
        } catch (RefusedException e) {
            last = e.refusal();
            retry.accept(backoff.failed(digest, now));
            refusals.report(last, digest, Map.of("artifact", digest));
            if (last.code() == RefusalCode.ARTIFACT_UNUSABLE) {
                reports.requestBuild(spec);
            }
            return Optional.of(last.message());
        }
    }

    /**
     * An artifact that lies on the disk, proven again; empty when there is none that passes.
     *
     * @throws IOException when the disk cannot be read
     */
    Optional<Artifact> kept(String digest) throws IOException {
        Optional<Artifact> kept = disk.kept(digest);
        try {
            if (kept.isPresent()) {
                ArtifactGate.requireContent(
                        gate.manifest(digest, kept.get().manifest()), kept.get().object());
            }
            return kept;
        } catch (RefusedException e) {
            return Optional.empty(); // damaged or signed by a key that is no longer trusted
        }
    }

    /** Loads an artifact that was proven. */
    Running load(Artifact artifact, Optional<Running> before) throws RefusedException {
        long start = System.nanoTime();
        Running running;
        Map<String, String> hooks;
        try {
            running = lane.call(datapath -> datapath.load(artifact.object(), artifact.digest()));
            hooks = lane.call(Datapath::hooks);
        } catch (DatapathException e) {
            throw new RefusedException(new Refusal(
                    RefusalCode.ARTIFACT_NOT_LOADED,
                    "artifact %s: %s".formatted(artifact.digest(), e.getMessage()),
                    e.detail()));
        }
        before.filter(was -> !was.artifactDigest().equals(artifact.digest()))
                .ifPresent(was -> reports.system(
                        SystemEvent.PROGRAM_UNLOADED,
                        "datapath",
                        "artifact %s was replaced".formatted(was.artifactDigest()),
                        "info",
                        Map.of("artifact", was.artifactDigest())));
        reports.system(
                SystemEvent.PROGRAM_LOADED,
                "datapath",
                "artifact %s is loaded".formatted(artifact.digest()),
                "info",
                Map.of(
                        "artifact",
                        artifact.digest(),
                        "hooks",
                        hooks,
                        "millis",
                        Duration.ofNanos(System.nanoTime() - start).toMillis()));
        return running;
    }

    private Artifact proven(String digest) throws UnreachableException, RefusedException {
        try {
            Optional<Artifact> kept = kept(digest);
            if (kept.isPresent()) {
                return kept.get();
            }
        } catch (IOException e) {
            reportDisk(e); // the broker has it too
        }
        String encoded = controlPlane.manifest(digest);
        ArtifactManifest manifest = gate.manifest(digest, encoded);
        byte[] object = controlPlane.artifact(manifest.artifact());
        ArtifactGate.requireContent(manifest, object);
        Artifact artifact = new Artifact(digest, object, encoded);
        try {
            disk.keep(artifact);
        } catch (IOException e) {
            reportDisk(e); // it can run all the same; only a reboot without a broker would miss it
        }
        return artifact;
    }

    private void reportDisk(IOException e) {
        reports.system(
                SystemEvent.ERROR, "state", "artifacts cannot be kept on disk: " + e.getMessage(), "error", Map.of());
    }
}
