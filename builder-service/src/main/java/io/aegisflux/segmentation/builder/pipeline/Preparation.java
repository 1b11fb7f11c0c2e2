package io.aegisflux.segmentation.builder.pipeline;

import io.aegisflux.segmentation.builder.domain.Architecture;
import io.aegisflux.segmentation.builder.domain.BuildFailedException;
import io.aegisflux.segmentation.builder.domain.ProgramSet;
import io.aegisflux.segmentation.builder.domain.Selection;
import io.aegisflux.segmentation.builder.domain.Variant;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import org.jboss.logging.Logger;

/** Uses the time before the first request. */
@ApplicationScoped
public class Preparation {
    private static final Logger LOG = Logger.getLogger(Preparation.class);
    private static final Selection ANY = new Selection(ProgramSet.DATAPATH, Variant.DEFAULT, Architecture.X86_64);

    private final Workshop workshop;

    @Inject
    public Preparation(Workshop workshop) {
        this.workshop = workshop;
    }

    void start(@Observes StartupEvent event) {
        Thread.ofPlatform().daemon().name("preparation").start(this::prepare);
    }

    private void prepare() {
        try {
            workshop.prepare(ANY);
        } catch (BuildFailedException e) {
            LOG.warnf("nothing can be built yet: %s", e.getMessage()); // readiness says it as well
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
