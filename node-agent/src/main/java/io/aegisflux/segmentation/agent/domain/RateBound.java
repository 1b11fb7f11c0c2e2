package io.aegisflux.segmentation.agent.domain;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;

/** Lets so many through in each second of the clock, and no more. Safe for any thread. */
public final class RateBound {
    private static final long MILLIS = 1_000;

    private final int perSecond;
    private final InstantSource clock;
    private long second;
    private int taken;

    public RateBound(int perSecond, InstantSource clock) {
        this.perSecond = perSecond;
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Whether one more may pass; if so, it has. */
    public synchronized boolean take() {
        long now = Math.floorDiv(clock.millis(), MILLIS);
        if (now != second) {
            second = now;
            taken = 0;
        }
        return taken < perSecond && ++taken > 0;
    }
}
