package io.aegisflux.segmentation.agent.enforcement;

import static java.util.Objects.requireNonNull;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The control thread: one pass at a time, at a ring of the doorbell, at every poll, and when something asked to be
 * tried again. Rings that come while one waits are one.
 */
public final class ControlLoop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ControlLoop.class.getName());
    private static final double JITTER = 0.2;
    private static final Duration LAST_PASS = Duration.ofSeconds(8);

    private final Duration interval;
    private final Runnable pass;
    private final Runnable upkeep;
    private final AtomicBoolean rung = new AtomicBoolean();
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofVirtual().name("control").factory());

    /**
     * @param interval between polls; each is up to a fifth shorter or longer, so that a fleet does not ask at once
     * @param pass reads the desired state and converges
     * @param upkeep what is looked after at every poll besides
     */
    public ControlLoop(Duration interval, Runnable pass, Runnable upkeep) {
        this.interval = requireNonNull(interval, "interval is null");
        this.pass = requireNonNull(pass, "pass is null");
        this.upkeep = requireNonNull(upkeep, "upkeep is null");
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Begins with a poll. */
    void start() {
        schedule(this::poll, Duration.ZERO);
    }

    /** Look again. Returns at once. */
    public void ring() {
        if (rung.compareAndSet(false, true)) {
            schedule(this::answer, Duration.ZERO);
        }
    }

    /** Look again after a while. */
    void ringIn(Duration delay) {
        schedule(this::ring, delay);
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(LAST_PASS.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void poll() {
        guarded(upkeep);
        guarded(pass);
        double factor = 1 - JITTER + 2 * JITTER * ThreadLocalRandom.current().nextDouble();
        schedule(this::poll, Duration.ofNanos((long) (interval.toNanos() * factor)));
    }

    private void answer() {
        rung.set(false); // before the pass: a ring during it means another one
        guarded(pass);
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a pass failed, the next one tries again", e);
        }
    }

    private void schedule(Runnable task, Duration delay) {
        try {
            thread.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the agent is stopping");
        }
    }
}
