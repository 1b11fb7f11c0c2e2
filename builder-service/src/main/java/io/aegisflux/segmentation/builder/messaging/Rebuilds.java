package io.aegisflux.segmentation.builder.messaging;

import io.aegisflux.segmentation.builder.domain.BuildFailedException;
import io.aegisflux.segmentation.builder.domain.BuildRequest;
import io.aegisflux.segmentation.builder.domain.KnownBuilds;
import io.aegisflux.segmentation.builder.domain.Selection;
import io.aegisflux.segmentation.builder.pipeline.Build;
import io.aegisflux.segmentation.builder.pipeline.Workshop;
import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Hosts get the programs of the release that runs: once after the start, each artifact is asked for anew that was made of other
 * inputs than this builder has, such as the sources of an earlier release. What was made of these inputs before is left as it is,
 * so an older builder that starts again takes no host back.
 */
@ApplicationScoped
public class Rebuilds {
    private static final Logger LOG = Logger.getLogger(Rebuilds.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Bus bus;
    private final BuildLedger ledger;
    private final Shortcomings shortcomings;
    private final Workshop workshop;
    private volatile Thread thread;

    @Inject
    public Rebuilds(Bus bus, BuildLedger ledger, Shortcomings shortcomings, Workshop workshop) {
        this.bus = bus;
        this.ledger = ledger;
        this.shortcomings = shortcomings;
        this.workshop = workshop;
    }

    void start(@Observes StartupEvent event) {
        thread = Thread.ofVirtual().name("rebuilds").start(this::ask);
    }

    void stop(@Observes ShutdownEvent event) {
        thread.interrupt();
    }

    private void ask() {
        try {
            while (!shortcomings.problems().isEmpty() || !hasAsked()) {
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean hasAsked() throws InterruptedException {
        try {
            KnownBuilds known = ledger.upToDate().known();
            for (ArtifactManifest manifest : known.latest()) {
                ask(manifest, known);
            }
            return true;
        } catch (BusException | BuildFailedException e) {
            LOG.warnf("artifacts of other inputs are not asked for yet: %s", e.getMessage());
            return false;
        }
    }

    private void ask(ArtifactManifest manifest, KnownBuilds known) throws BuildFailedException {
        if (!(BuildRequest.of(manifest.spec()) instanceof BuildRequest.Granted granted)) {
            return; // of a release that builds more
        }
        Selection selection = granted.selection();
        BuildSpec spec = selection.spec(bus.settings().clientName());
        Build build = workshop.begin(selection, spec);
        if (known.of(build.inputsDigest()).isEmpty()) {
            LOG.infof("%s was made of other inputs: it is asked for anew", selection);
            StreamCatalog.ensure(bus, Streams.BUILD_REQUESTS);
            bus.publish(Subjects.BUILDS_REQUESTED, Wire.write(spec), "rebuild-" + build.inputsDigest());
        }
    }
}
