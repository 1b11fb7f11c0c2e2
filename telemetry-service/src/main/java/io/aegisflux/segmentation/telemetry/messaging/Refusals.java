package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.Streams;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts refused messages, from zero on, so that the first one shows as an increase. */
@Singleton
public class Refusals implements MeterBinder {
    private static final List<String> STREAMS = List.of(
            Streams.EVENTS, Streams.FLOWS, Streams.PARTIALS, Streams.METRICS, Streams.SYSTEM, Streams.POLICY_UPDATES);

    private final Map<Kind, Counter> counters = new ConcurrentHashMap<>();

    private record Kind(String stream, Reason reason) {}

    /** Why a message is refused. */
    enum Reason {
        /** It cannot be read. */
        MALFORMED,
        /** It speaks for another host than its subject. */
        FOREIGN_HOST,
        /** No host can mean it. */
        IMPLAUSIBLE
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (String stream : STREAMS) {
            for (Reason reason : Reason.values()) {
                counters.put(
                        new Kind(stream, reason),
                        Counter.builder("segmentation.refused.messages")
                                .description(
                                        "Messages that were refused: unreadable, in another host's name, or beyond all"
                                                + " reason.")
                                .tag("stream", stream)
                                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                                .register(registry));
            }
        }
    }

    /**
     * Counts one.
     *
     * @param stream one that is read here
     */
    void count(String stream, Reason reason) {
        counters.get(new Kind(stream, reason)).increment();
    }
}
