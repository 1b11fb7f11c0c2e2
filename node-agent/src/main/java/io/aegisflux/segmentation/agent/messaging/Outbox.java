package io.aegisflux.segmentation.agent.messaging;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.nats.BatchRefusedException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Sends what is offered, in the order of offers, as fast as the broker acknowledges. While it does not, the newest are
 * kept up to a bound and the older ones counted as dropped. Offering never waits.
 */
public final class Outbox<T> implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Outbox.class.getName());
    private static final int IN_FLIGHT = 64;

    /** So many are sent together when more wait than are on their way one by one: fewer are sooner there by themselves. */
    private static final int TOGETHER = 500;

    /** So long each is sent by itself after the broker has refused to take many together. */
    private static final Duration ONE_BY_ONE = Duration.ofMinutes(1);

    private static final Duration ACKNOWLEDGEMENT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final String name;
    private final int capacity;
    private final BooleanSupplier isReachable;
    private final Function<T, CompletableFuture<?>> send;
    private final Consumer<T> whenDropped;
    private final Deque<T> waiting = new ArrayDeque<>();
    private final Thread thread;
    private Function<List<T>, CompletableFuture<?>> sendTogether;
    private long oneByOneUntil = System.nanoTime();
    private int inFlight;
    private long dropped;
    private boolean closed;

    /**
     * @param name in logs and thread names
     * @param capacity how many wait at most
     * @param isReachable whether sending has a chance now
     * @param send completes when the broker has it
     */
    public Outbox(String name, int capacity, BooleanSupplier isReachable, Function<T, CompletableFuture<?>> send) {
        this(name, capacity, isReachable, send, item -> {});
    }

    /**
     * As above.
     *
     * @param whenDropped is told each item that is given up; must be quick
     */
    public Outbox(
            String name,
            int capacity,
            BooleanSupplier isReachable,
            Function<T, CompletableFuture<?>> send,
            Consumer<T> whenDropped) {
        this.name = requireNonNull(name, "name is null");
        this.capacity = capacity;
        this.isReachable = requireNonNull(isReachable, "isReachable is null");
        this.send = requireNonNull(send, "send is null");
        this.whenDropped = requireNonNull(whenDropped, "whenDropped is null");
        this.thread = Thread.ofVirtual().name("outbox-" + name).unstarted(this::run);
    }

    /**
     * Lets it send many together, before it starts.
     *
     * @param sendMany completes when the broker has all; fails with {@link BatchRefusedException} when it has none and may
     *     take them one by one
     */
    public Outbox<T> together(Function<List<T>, CompletableFuture<?>> sendMany) {
        sendTogether = requireNonNull(sendMany, "sendMany is null");
        return this;
    }

    public Outbox<T> start() {
        thread.start();
        return this;
    }

    public synchronized void offer(T item) {
        waiting.addLast(item);
        dropOverflow();
        notifyAll();
    }

    /** How many wait or are on their way. */
    public synchronized int size() {
        return waiting.size() + inFlight;
    }

    /** How many were dropped since the start. */
    public synchronized long dropped() {
        return dropped;
    }

    /** Sends what is left if the broker is there, for at most this long, then stops. */
    public void close(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (this) {
            while (size() > 0 && isReachable.getAsBoolean() && System.nanoTime() < deadline) {
                try {
                    wait(10);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
            closed = true;
            notifyAll();
        }
        thread.interrupt();
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }

    private void run() {
        try {
            while (true) {
                List<T> batch = next();
                if (batch.isEmpty()) {
                    return;
                }
                List<T> failed = isReachable.getAsBoolean() ? sendAll(batch) : batch;
                putBack(failed);
                if (!failed.isEmpty()) {
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "outbox {0} stops", name);
        }
    }

    private synchronized List<T> next() throws InterruptedException {
        while (waiting.isEmpty() && !closed) {
            wait();
        }
        List<T> batch = new ArrayList<>();
        int most = maySendTogether() ? TOGETHER : IN_FLIGHT;
        while (!closed && !waiting.isEmpty() && batch.size() < most) {
            batch.add(waiting.removeFirst());
        }
        inFlight = batch.size();
        return batch;
    }

    private boolean maySendTogether() {
        return sendTogether != null && waiting.size() > IN_FLIGHT && System.nanoTime() - oneByOneUntil >= 0;
    }

    /** Returns what was not acknowledged, in order. */
    private List<T> sendAll(List<T> batch) throws InterruptedException {
        if (batch.size() <= IN_FLIGHT) {
            return sendEach(batch);
        }
        try {
            attempt(sendTogether, batch).get(ACKNOWLEDGEMENT.toNanos(), TimeUnit.NANOSECONDS);
            return List.of();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BatchRefusedException refusal) {
                LOG.log(Level.DEBUG, "outbox {0} sends one by one: {1}", name, refusal.getMessage());
                oneByOneUntil = System.nanoTime() + ONE_BY_ONE.toNanos();
            }
        } catch (TimeoutException e) {
            LOG.log(Level.DEBUG, "not acknowledged, sent again later", e);
        }
        return batch;
    }

    /** As {@link #sendAll}, each by itself. */
    private List<T> sendEach(List<T> batch) throws InterruptedException {
        List<CompletableFuture<?>> acknowledgements = new ArrayList<>(batch.size());
        for (T item : batch) {
            acknowledgements.add(attempt(send, item));
        }
        long deadline = System.nanoTime() + ACKNOWLEDGEMENT.toNanos();
        List<T> failed = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            try {
                acknowledgements.get(i).get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.log(Level.DEBUG, "not acknowledged, sent again later", e);
                failed.add(batch.get(i));
            }
        }
        return failed;
    }

    private static <I> CompletableFuture<?> attempt(Function<I, CompletableFuture<?>> sending, I item) {
        try {
            return sending.apply(item);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e); // the connection went between asking and sending
        }
    }

    private synchronized void putBack(List<T> failed) {
        for (T item : failed.reversed()) {
            waiting.addFirst(item);
        }
        inFlight = 0;
        dropOverflow();
        notifyAll();
    }

    private void dropOverflow() {
        while (waiting.size() > capacity) {
            whenDropped.accept(waiting.removeFirst());
            dropped++;
        }
    }
}
