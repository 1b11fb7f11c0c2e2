package io.aegisflux.segmentation.agent.domain;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;

/**
 * Spaces out attempts at one thing: the pause doubles with every failure and starts anew when the thing is another.
 * For one thread.
 */
public final class Backoff {
    private final Duration first;
    private final Duration longest;
    private Object subject;
    private Duration pause;
    private Instant next = Instant.MIN;

    public Backoff(Duration first, Duration longest) {
        this.first = requireNonNull(first, "first is null");
        this.longest = requireNonNull(longest, "longest is null");
        this.pause = first;
    }

    /** Whether this thing may be tried at this time. */
    public boolean allows(Object thing, Instant now) {
        return !thing.equals(subject) || !now.isBefore(next);
    }

    /** Notes a failure; returns how long to wait. */
    public Duration failed(Object thing, Instant now) {
        if (!thing.equals(subject)) {
            subject = thing;
            pause = first;
        }
        Duration wait = pause;
        next = now.plus(wait);
        pause = wait.multipliedBy(2).compareTo(longest) > 0 ? longest : wait.multipliedBy(2);
        return wait;
    }

    /** The thing worked: the next failure starts with the shortest pause. */
    public void succeeded() {
        subject = null;
    }
}
