package io.aegisflux.segmentation.policy.messaging;

import java.time.Duration;

/** Waiting before another attempt. */
final class Pause {
    private Pause() {}

    /**
     * @throws IllegalStateException when interrupted
     */
    static void of(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
