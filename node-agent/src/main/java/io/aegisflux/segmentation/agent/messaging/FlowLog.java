package io.aegisflux.segmentation.agent.messaging;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.agent.domain.FlowRecorder;
import io.aegisflux.segmentation.agent.domain.FlowSample;
import io.aegisflux.segmentation.agent.domain.TimeOrderedIds;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;

/** Records on {@code segmentation.flows.<host>} which connections there were. What could not be sent is counted. */
public final class FlowLog {
    private static final System.Logger LOG = System.getLogger(FlowLog.class.getName());

    /** Messages that wait for the broker at most: a quarter of an hour of an ordinary host, 30 MiB of the busiest. */
    private static final int CAPACITY = 90;

    private final FlowRecorder recorder;
    private final Source source;
    private final TimeOrderedIds ids;
    private final InstantSource clock;
    private final Outbox<Outgoing> outbox;

    /** A message and by what the broker knows that it has it already. */
    private record Outgoing(String id, FlowRecords records) {}

    /** Looks at the connections. */
    @FunctionalInterface
    public interface Source {
        FlowSample sample() throws DatapathException;
    }

    public FlowLog(HostId host, BusLink bus, Source source, TimeOrderedIds ids, InstantSource clock) {
        requireNonNull(bus, "bus is null");
        this.source = requireNonNull(source, "source is null");
        this.ids = requireNonNull(ids, "ids is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.recorder = new FlowRecorder(host, clock.instant());
        String subject = Subjects.flows(host);
        this.outbox = new Outbox<>(
                "flows",
                CAPACITY,
                bus::isConnected,
                message -> bus.publishAsync(subject, Wire.write(message.records), message.id),
                message -> recorder.lost(message.records));
    }

    /** Begins to send. */
    public void start() {
        outbox.start();
    }

    /** Takes a decision, on the datapath's thread; never waits. */
    public void accept(DecisionRecord decision) {
        recorder.add(decision);
    }

    /** Records what there was since the last call; on one thread. */
    public void record() {
        try {
            for (FlowRecords records : recorder.take(source.sample(), clock.instant())) {
                outbox.offer(new Outgoing(ids.next(records.to().toEpochMilli()), records));
            }
        } catch (DatapathException e) {
            LOG.log(Level.WARNING, "no connections are recorded now: {0}", e.getMessage());
        }
    }

    /** Sends what is left, if the broker is there. */
    public void close(Duration patience) {
        outbox.close(patience);
    }
}
