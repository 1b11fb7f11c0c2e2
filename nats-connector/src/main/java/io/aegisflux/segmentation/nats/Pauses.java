package io.aegisflux.segmentation.nats;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts how often this process stood still: a stopped container, a virtual machine that was moved, a laptop that slept. Its
 * connection may outlive that, but jnats' pulls may not (seen with 2.26.2: an ordered consumer heard nothing more), so who
 * reads begins anew.
 */
final class Pauses {
    private static final Duration TICK = Duration.ofSeconds(1);

    /** Far beyond what a busy machine holds a thread up. */
    private static final Duration PAUSE = Duration.ofSeconds(4);

    private static final AtomicLong COUNT = new AtomicLong();

    static {
        Thread.ofVirtual().name("pauses").start(Pauses::watch);
    }

    private Pauses() {}

    /** How many there were since this was first asked. */
    static long count() {
        return COUNT.get();
    }

    private static void watch() {
        long before = System.nanoTime();
        while (true) {
            try {
                Thread.sleep(TICK);
            } catch (InterruptedException e) {
                return;
            }
            long now = System.nanoTime();
            if (now - before > PAUSE.toNanos()) {
                COUNT.incrementAndGet();
            }
            before = now;
        }
    }
}
