package io.aegisflux.segmentation.agent.messaging;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DecisionAggregator;
import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.AtomicBatch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Decisions of the kernel on their way to {@code segmentation.events.<host>}. Nothing is lost in silence: what the
 * kernel, the aggregation or the full outbox dropped is told by {@code lost} of the next event that gets through.
 */
public final class FlowEvents {
    private static final int CAPACITY = 10_000;

    private final String subject;
    private final BusLink bus;
    private final DecisionAggregator aggregator;
    private final Outbox<Departure> outbox;
    private final AtomicLong untold = new AtomicLong();
    private final AtomicLong lostHere = new AtomicLong();
    private long kernelLost = -1;
    private long number;

    public FlowEvents(HostId host, BusLink bus, DecisionAggregator aggregator) {
        this.subject = Subjects.events(requireNonNull(host, "host is null"));
        this.bus = requireNonNull(bus, "bus is null");
        this.aggregator = requireNonNull(aggregator, "aggregator is null");
        this.outbox = new Outbox<>("events", CAPACITY, bus::isConnected, this::send, this::dropped)
                .together(this::sendTogether);
    }

    /** Begins to send. */
    public void start() {
        outbox.start();
    }

    /** Takes a decision, on the datapath's thread; never waits. */
    public void accept(DecisionRecord decision) {
        aggregator.add(decision).map(Departure::new).ifPresent(outbox::offer);
    }

    /** Sends on what was repeated since the last call, and counts what was lost; every second, on one thread. */
    public void flush() {
        aggregator.flush().stream().map(Departure::new).forEach(outbox::offer);
        long kinds = aggregator.takeLost();
        lostHere.addAndGet(kinds);
        untold.addAndGet(kinds);
    }

    /** Takes note of how many decisions the kernel could not hand over since its programs were loaded. */
    public void kernelLost(long total) {
        if (kernelLost >= 0 && total > kernelLost) {
            untold.addAndGet(total - kernelLost);
        }
        kernelLost = total;
    }

    /** How many decisions this agent dropped itself, since its start. */
    public long lostHere() {
        return lostHere.get();
    }

    public Outbox<?> outbox() {
        return outbox;
    }

    /** Sends what is left, if the broker is there. */
    public void close(Duration patience) {
        flush();
        outbox.close(patience);
    }

    private CompletableFuture<?> send(Departure departure) {
        FlowEvent event = departure.asSent();
        return bus.publishAsync(subject, Wire.write(event), event.id());
    }

    private CompletableFuture<?> sendTogether(List<Departure> departures) {
        AtomicBatch batch = new AtomicBatch(subject);
        for (Departure departure : departures) {
            FlowEvent event = departure.asSent();
            batch.add(Wire.write(event), event.id());
        }
        return bus.publish(batch);
    }

    private void dropped(Departure departure) {
        lostHere.addAndGet(departure.event.count());
        untold.addAndGet(departure.event.count() + departure.event.lost());
    }

    /**
     * An event on its way. It is sent again as it was sent first: the broker keeps one of several with the same id, and what
     * that one tells as lost is told.
     */
    private final class Departure {
        private FlowEvent event;
        private boolean isSent;

        Departure(FlowEvent event) {
            this.event = event;
        }

        FlowEvent asSent() {
            if (!isSent) {
                event = event.sent(untold.getAndSet(0), ++number);
                isSent = true;
            }
            return event;
        }
    }
}
