package io.aegisflux.segmentation.agent.enforcement;

import io.aegisflux.segmentation.agent.domain.Lifecycle;
import io.aegisflux.segmentation.agent.domain.Refusal;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** Where the agent stands, for everyone to read at any time. */
public final class Standing {
    private final AtomicReference<Lifecycle> lifecycle = new AtomicReference<>(new Lifecycle.Starting());
    private volatile Refused lastRefusal;

    /** A refusal and when it was made. */
    public record Refused(Refusal refusal, Instant at) {}

    public Lifecycle now() {
        return lifecycle.get();
    }

    void change(UnaryOperator<Lifecycle> step) {
        lifecycle.updateAndGet(step);
    }

    public Optional<Refused> lastRefusal() {
        return Optional.ofNullable(lastRefusal);
    }

    void refused(Refusal refusal, Instant at) {
        lastRefusal = new Refused(refusal, at);
    }
}
