package io.aegisflux.segmentation.e2e.fleet;

import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsSettings;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What the connections of all hosts run on. With threads of their own a thousand hosts are eleven thousand that wait, and
 * Linux keeps the waiting threads of a process in sixteen lists on a machine of two cores (its private futex hash): it spent
 * half of both cores on looking through them, whoever was woken.
 */
final class FleetThreads implements AutoCloseable {
    private final ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(
            2, Thread.ofPlatform().name("fleet-clock-", 0).daemon().factory());

    Bus connect(NatsSettings settings) {
        return Bus.connect(settings, virtual, clock);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        virtual.shutdownNow();
    }
}
