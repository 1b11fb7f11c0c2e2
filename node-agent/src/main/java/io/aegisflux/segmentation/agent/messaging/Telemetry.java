package io.aegisflux.segmentation.agent.messaging;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.Reports;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.TableIdentity;
import io.aegisflux.segmentation.contracts.SystemEvent;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** What goes out by the clock: repeated decisions, records of flows, metrics, heartbeats, the capability report. */
public final class Telemetry implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Telemetry.class.getName());
    private static final Duration AGGREGATION = Duration.ofSeconds(1);
    private static final Duration HEARTBEAT = Duration.ofSeconds(30);
    private static final Duration WORKLOADS = Duration.ofSeconds(5);
    /** Changes of a network come in bursts. */
    private static final Duration SETTLING = Duration.ofMillis(100);

    private static final Duration REPORT = Duration.ofMinutes(5);

    private final FlowEvents events;
    private final FlowLog flows;
    private final Metrics metrics;
    private final Source source;
    private final Capabilities capabilities;
    private final Reports reports;
    private final Duration metricsInterval;
    private final Duration flowInterval;
    private final InstantSource clock;
    private final AtomicBoolean waits = new AtomicBoolean();
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofVirtual().name("telemetry").factory());

    /** Measures. */
    @FunctionalInterface
    public interface Source {
        Metrics.Sample sample() throws DatapathException;
    }

    public Telemetry(
            FlowEvents events,
            FlowLog flows,
            Metrics metrics,
            Source source,
            Capabilities capabilities,
            Reports reports,
            Duration metricsInterval,
            Duration flowInterval,
            InstantSource clock) {
        this.events = requireNonNull(events, "events is null");
        this.flows = requireNonNull(flows, "flows is null");
        this.metrics = requireNonNull(metrics, "metrics is null");
        this.source = requireNonNull(source, "source is null");
        this.capabilities = requireNonNull(capabilities, "capabilities is null");
        this.reports = requireNonNull(reports, "reports is null");
        this.metricsInterval = requireNonNull(metricsInterval, "metricsInterval is null");
        this.flowInterval = requireNonNull(flowInterval, "flowInterval is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    public void start() {
        every(AGGREGATION, AGGREGATION, events::flush);
        every(Duration.ZERO, flowInterval, flows::record);
        every(Duration.ZERO, metricsInterval, this::measure);
        every(HEARTBEAT, HEARTBEAT, this::beat);
        every(WORKLOADS, WORKLOADS, capabilities::reportChange);
        every(REPORT, REPORT, capabilities::report);
    }

    /** Interfaces or addresses may have changed: looks soon. Returns at once; calls while a look waits are one. */
    public void look() {
        if (waits.compareAndSet(false, true)) {
            try {
                thread.schedule(
                        () -> {
                            waits.set(false); // before the look: a change during it means another one
                            guarded(capabilities::reportChange);
                        },
                        SETTLING.toMillis(),
                        TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.log(Level.DEBUG, "the agent is stopping");
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void measure() {
        try {
            Metrics.Sample sample = source.sample();
            events.kernelLost(sample.counters().eventsLost());
            metrics.publish(sample, clock.instant());
        } catch (DatapathException e) {
            LOG.log(Level.WARNING, "the counters cannot be read: {0}", e.getMessage());
        }
    }

    private void beat() {
        Metrics.Sample last = metrics.last();
        reports.system(
                SystemEvent.HEARTBEAT,
                "agent",
                "alive",
                "debug",
                Map.of(
                        "epoch",
                        last.running()
                                .flatMap(Running::identity)
                                .map(TableIdentity::epoch)
                                .orElse(0L),
                        "revision",
                        last.running()
                                .flatMap(Running::identity)
                                .map(TableIdentity::revision)
                                .orElse(0L),
                        "generation",
                        last.running().map(Running::generation).orElse(0L)));
    }

    private void every(Duration first, Duration pause, Runnable task) {
        thread.scheduleWithFixedDelay(() -> guarded(task), first.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "skipped once", e);
        }
    }
}
