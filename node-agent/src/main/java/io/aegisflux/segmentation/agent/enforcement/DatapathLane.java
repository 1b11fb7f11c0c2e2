package io.aegisflux.segmentation.agent.enforcement;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The only way to the datapath: one thread, one call at a time. It never waits for the network, so that an expiry is
 * punctual while a broker is slow to answer.
 */
public final class DatapathLane implements AutoCloseable {
    private static final Duration LAST_CALL = Duration.ofSeconds(10);

    private final Datapath datapath;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().name("datapath").daemon().unstarted(task));

    public DatapathLane(Datapath datapath) {
        this.datapath = requireNonNull(datapath, "datapath is null");
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread.setRemoveOnCancelPolicy(true);
    }

    /** A call of the datapath. */
    @FunctionalInterface
    public interface Call<T> {
        T on(Datapath datapath) throws DatapathException;
    }

    /**
     * Makes the call on the lane's thread and waits for it.
     *
     * @throws DatapathException as the call throws it
     * @throws IllegalStateException when interrupted or closed
     */
    public <T> T call(Call<T> call) throws DatapathException {
        Future<T> result = thread.submit(() -> call.on(datapath));
        try {
            return result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the datapath worked", e);
        } catch (ExecutionException e) {
            throw unwrapped(e.getCause());
        }
    }

    /** Runs a task on the lane's thread after a while, unless the lane is closed before. */
    Future<?> schedule(Runnable task, Duration delay) {
        return thread.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The datapath itself, for a task that runs on the lane's thread. */
    Datapath datapath() {
        return datapath;
    }

    /** Lets the running call end, then lets go of the datapath; what is enforced stays. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(LAST_CALL.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the datapath does not return");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        datapath.close();
    }

    private static DatapathException unwrapped(Throwable cause) {
        return switch (cause) {
            case DatapathException refused -> refused;
            case RuntimeException failure -> throw failure;
            case Error error -> throw error;
            default -> throw new IllegalStateException(cause);
        };
    }
}
