package io.aegisflux.segmentation.builder.messaging;

import io.aegisflux.segmentation.builder.domain.BuildFailedException;
import io.aegisflux.segmentation.builder.pipeline.Build;
import io.aegisflux.segmentation.contracts.BuildCompleted;
import io.aegisflux.segmentation.contracts.BuildFailed;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.BuilderApi.LastBuild;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.SequenceConflictException;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** What becomes of requests: said on the bus once for each, counted from zero on, and kept for who asks. */
@Startup
@ApplicationScoped
public class BuildResults {
    private static final Logger LOG = Logger.getLogger(BuildResults.class);
    private static final String COMPLETED = "completed";
    private static final String REUSED = "reused";
    private static final String FAILED = "failed";
    private static final String REFUSED = "refused";
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofSeconds(3),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60)
    };

    private final Bus bus;
    private final Map<String, Counter> counts = new HashMap<>();
    private final Map<String, Timer> durations = new HashMap<>();
    private volatile LastBuild last;

    @Inject
    public BuildResults(Bus bus, MeterRegistry metrics) {
        this.bus = bus;
        for (String result : List.of(COMPLETED, REUSED, FAILED, REFUSED)) {
            counts.put(
                    result,
                    Counter.builder("segmentation.builds")
                            .description("Build requests that this instance answered, by what came of them.")
                            .tag("result", result)
                            .register(metrics));
        }
        for (String result : List.of(COMPLETED, REUSED, FAILED)) {
            durations.put(
                    result,
                    Timer.builder("segmentation.build.duration")
                            .description("From taking up a build request to its answer.")
                            .tag("result", result)
                            .serviceLevelObjectives(BUCKETS)
                            .register(metrics));
        }
    }

    /** The last one that this instance answered, empty before the first. */
    public Optional<LastBuild> last() {
        return Optional.ofNullable(last);
    }

    /**
     * Announces an artifact.
     *
     * @param request its sequence: however often it is seen, it is answered once
     * @param follows the last announcement that was known when this one was made up
     * @throws SequenceConflictException when there is a later one
     */
    void completed(long request, BuildSpec spec, Build.Finished finished, long follows, Duration took) {
        String artifact = finished.build().manifest().artifact().name();
        BuildCompleted message =
                new BuildCompleted(finished.build().envelope(), artifact, finished.reused(), took.toMillis());
        bus.publishExpecting(Subjects.BUILDS_COMPLETED, Wire.write(message), "build-completed-" + request, follows);
        String result = finished.reused() ? REUSED : COMPLETED;
        count(result, took);
        last = new LastBuild(spec, result, artifact, null, took.toMillis(), Instant.now());
        LOG.infof(
                "%s %s %s: version %d, artifact %s, %s in %d ms",
                spec.programSet(),
                spec.variant(),
                spec.architecture(),
                finished.build().manifest().version(),
                artifact,
                result,
                took.toMillis());
    }

    /** Tells that a build came to nothing. */
    void failed(long request, BuildSpec spec, BuildFailedException failure, Duration took) {
        publish(request, spec, failure);
        count(FAILED, took);
        last = new LastBuild(spec, FAILED, null, failure.getMessage(), took.toMillis(), Instant.now());
    }

    /**
     * Tells that a request asks for nothing that is known.
     *
     * @param spec null when it is not fit to be repeated
     */
    void refused(long request, BuildSpec spec, BuildFailedException refusal) {
        publish(request, spec, refusal);
        counts.get(REFUSED).increment();
    }

    private void publish(long request, BuildSpec spec, BuildFailedException failure) {
        LOG.warnf(
                "build request %d, %s: %s%s",
                request,
                failure.stage().word(),
                failure.getMessage(),
                failure.output().map(words -> "\n" + words).orElse(""));
        StreamCatalog.ensure(bus, Streams.BUILD_RESULTS);
        BuildFailed message = new BuildFailed(
                spec,
                failure.stage().word(),
                failure.getMessage(),
                failure.output().orElse(null),
                Instant.now());
        bus.publish(Subjects.BUILDS_FAILED, Wire.write(message), "build-failed-" + request);
    }

    private void count(String result, Duration took) {
        counts.get(result).increment();
        durations.get(result).record(took);
    }
}
