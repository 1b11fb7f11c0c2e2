package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.ApiException;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.StreamReplay;
import io.aegisflux.segmentation.telemetry.domain.Counting;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.StreamState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What the streams of events and of recorded flows hold of a time. It is read in slices, the newest first and each four
 * times as long as the one before, until the begin is reached, the time is up or there is enough: so it takes seconds and no
 * memory, however much there is. One reads at a time.
 */
@ApplicationScoped
public class History {
    private static final Duration FIRST_SLICE = Duration.ofSeconds(2);
    private static final int GROWTH = 4;

    /** When no further slice is begun that would probably take longer. */
    private static final Duration ENOUGH = Duration.ofSeconds(3);

    /** When a slice is given up. */
    private static final Duration TOO_MUCH = Duration.ofSeconds(12);

    /** An event is stored so much later than its drop, at most, by which the host's record dates it. */
    private static final Duration STORED_LATE = Duration.ofMinutes(1);

    private static final Duration TURN = Duration.ofSeconds(5);

    private final Bus bus;
    private final Semaphore turn = new Semaphore(1, true);

    @Inject
    public History(Bus bus) {
        this.bus = bus;
    }

    /**
     * What was read.
     *
     * @param from everything that the broker stored since then and before the end was read
     * @param complete whether that is the begin that was asked for
     * @param lost decisions of which hosts could not tell
     */
    record Reading(Instant from, boolean complete, long lost) {}

    /**
     * Reads rows, without names, that tell something.
     *
     * @param from by the broker's clock, as to
     * @param enough asked between slices
     * @throws ApiException when the streams cannot be read in time
     */
    Reading read(Instant from, Instant to, BooleanSupplier enough, Consumer<FlowRow> rows) {
        try {
            if (!turn.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ApiException(
                        ApiError.INTERNAL, "others are asking for windows of flows", "ask again in some seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusException("interrupted while waiting for a turn", e);
        }
        try {
            return slices(from, to, enough, rows);
        } catch (BusException e) {
            throw new ApiException(
                    ApiError.INTERNAL, e.getMessage(), "ask for a shorter window, or see whether the broker is well");
        } finally {
            turn.release();
        }
    }

    private Reading slices(Instant from, Instant to, BooleanSupplier enough, Consumer<FlowRow> rows) {
        long begin = System.nanoTime();
        Instant eventsSince = eventsSince();
        Slice slice = new Slice(eventsSince, rows);
        Instant reached = to;
        Duration length = FIRST_SLICE;
        long last = 0;
        while (reached.isAfter(from)) {
            long spent = System.nanoTime() - begin;
            if (!reached.equals(to) && (enough.getAsBoolean() || spent + GROWTH * last > ENOUGH.toNanos())) {
                return new Reading(reached, false, slice.lost);
            }
            Instant start = reached.minus(length).isBefore(from) ? from : reached.minus(length);
            long deadline = begin + TOO_MUCH.toNanos();
            StreamReplay.between(
                    bus, Streams.FLOWS, Subjects.held(Subjects.FLOWS), start, reached, deadline, slice::records);
            StreamReplay.between(
                    bus, Streams.EVENTS, Subjects.held(Subjects.EVENTS), start, reached, deadline, slice::event);
            last = System.nanoTime() - begin - spent;
            reached = start;
            length = length.multipliedBy(GROWTH);
        }
        return new Reading(from, true, slice.lost);
    }

    /** From when on there are events. */
    private Instant eventsSince() {
        try {
            StreamState state = bus.connection()
                    .getStreamContext(Streams.EVENTS)
                    .getStreamInfo()
                    .getStreamState();
            return state.getMsgCount() == 0
                    ? Instant.MAX
                    : state.getFirstTime().toInstant().minus(STORED_LATE);
        } catch (IOException | JetStreamApiException e) {
            throw new BusException("the stream of events cannot be read: " + e.getMessage(), e);
        }
    }

    private static final class Slice {
        private final Instant eventsSince;
        private final Consumer<FlowRow> rows;
        private long lost;

        Slice(Instant eventsSince, Consumer<FlowRow> rows) {
            this.eventsSince = eventsSince;
            this.rows = rows;
        }

        void event(byte[] data, NatsMetadata metadata) {
            try {
                FlowEvent event = Wire.read(data, FlowEvent.class);
                if (event.hostId().value().equals(metadata.token())) {
                    lost += event.lost();
                    rows.accept(FlowRow.of(event));
                }
            } catch (MalformedMessageException e) {
                lost++; // whoever listens has refused and reported it when it came
            }
        }

        void records(byte[] data, NatsMetadata metadata) {
            try {
                FlowRecords records = Wire.read(data, FlowRecords.class);
                if (records.hostId().value().equals(metadata.token())) {
                    lost += records.unrecorded();
                    records.flows().stream()
                            .map(flow -> FlowRow.of(records.hostId(), flow, records.from()))
                            .filter(row -> Counting.tells(row, eventsSince))
                            .forEach(rows);
                }
            } catch (MalformedMessageException e) {
                lost++;
            }
        }
    }
}
