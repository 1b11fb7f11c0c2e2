package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.PartitionReader;
import io.aegisflux.segmentation.telemetry.domain.EventNumbers;
import io.aegisflux.segmentation.telemetry.domain.PartialWindow;
import java.time.Instant;

/** Sums up what the hosts of one partition told in events, or recorded. For one thread. */
final class PartitionWork implements PartitionReader.Work {
    /** Below the broker's largest message, a MiB. */
    private static final int MAX_BYTES = 900 * 1024;

    private final String source;
    private final int partition;
    private final Intake intake;
    private final PartialsChannel partials;
    private EventNumbers numbers;

    /**
     * @param source as {@link PartialFlows#source}
     */
    PartitionWork(String source, int partition, Intake intake, PartialsChannel partials) {
        this.source = source;
        this.partition = partition;
        this.intake = intake;
        this.partials = partials;
    }

    @Override
    public void follows(long sequence) throws InterruptedException {
        numbers = partials.numbersAfter(sequence);
    }

    @Override
    public long through(byte[] data) {
        return Wire.read(data, PartialFlows.class).through();
    }

    @Override
    public PartitionReader.Sum begin(Instant second) {
        PartialWindow window = new PartialWindow(source, partition, second, numbers);
        return new PartitionReader.Sum() {
            @Override
            public void take(byte[] payload, NatsMetadata metadata) {
                if (source.equals(PartialFlows.EVENTS)) {
                    event(payload, metadata, window);
                } else {
                    records(payload, metadata, window);
                }
            }

            @Override
            public byte[] data(long through) {
                return bytes(window.partial(through));
            }
        };
    }

    /** Without its rows when their words would make it too large for the broker. */
    static byte[] bytes(PartialFlows partial) {
        byte[] data = Wire.write(partial);
        return data.length <= MAX_BYTES ? data : Wire.write(partial.withoutRows());
    }

    private void event(byte[] payload, NatsMetadata metadata, PartialWindow window) {
        intake.take(
                payload,
                metadata,
                Streams.EVENTS,
                FlowEvent.class,
                event -> event.hostId().value(),
                (event, ignored) -> {
                    Plausible.word(event.id(), "id");
                    Plausible.word(event.sourceIp(), "source_ip");
                    Plausible.word(event.destIp(), "dest_ip");
                    Plausible.word(event.protocol(), "protocol");
                    Plausible.word(event.ruleId(), "rule_id");
                    window.add(event);
                });
    }

    private void records(byte[] payload, NatsMetadata metadata, PartialWindow window) {
        intake.take(
                payload,
                metadata,
                Streams.FLOWS,
                FlowRecords.class,
                records -> records.hostId().value(),
                (records, ignored) -> {
                    for (FlowRecord flow : records.flows()) {
                        Plausible.word(flow.ruleId(), "rule_id");
                    }
                    window.add(records);
                });
    }
}
