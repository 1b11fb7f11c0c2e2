package io.aegisflux.segmentation.nats;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Set;
import java.util.stream.LongStream;

/** How long answers take, at a service's own {@code /q/metrics}: by verb and by the code that the answer bears. */
final class RequestTimers {
    /** The code of an answer that is no refusal. */
    static final String OK = "OK";

    private static final Duration[] BUCKETS = LongStream.of(
                    1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry metrics;
    private final String service;

    /**
     * @param endpoints each is counted from zero on, so that the first answer shows as an increase
     */
    RequestTimers(MeterRegistry metrics, String service, Set<String> endpoints) {
        this.metrics = metrics;
        this.service = service;
        endpoints.forEach(endpoint -> timer(endpoint, OK));
    }

    void record(String endpoint, String code, Duration took) {
        timer(endpoint, code).record(took);
    }

    private Timer timer(String endpoint, String code) {
        return Timer.builder("segmentation.api.request.duration")
                .description("From the arrival of a request on segmentation.api to its answer, by the answer's code.")
                .tag("service", service)
                .tag("endpoint", endpoint)
                .tag("code", code)
                .serviceLevelObjectives(BUCKETS)
                .register(metrics);
    }
}
