package io.aegisflux.segmentation.telemetry.messaging;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

/** How long policies take from the store into hosts, as a histogram that is there before its first observation. */
@Startup
@ApplicationScoped
public class PropagationTimer {
    private static final Duration[] BUCKETS = LongStream.of(
                    10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final Timer timer;

    @Inject
    public PropagationTimer(MeterRegistry metrics) {
        timer = Timer.builder("segmentation.policy.propagation")
                .description("From the time a version was stored to the time a host enforced it.")
                .serviceLevelObjectives(BUCKETS)
                .register(metrics);
    }

    void record(List<Duration> observed) {
        observed.forEach(timer::record);
    }
}
