package io.aegisflux.segmentation.harness;

import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Wire;
import java.time.Instant;

/** Events as hosts tell of dropped packets, many of them and without a host: the documented example with other ends. */
public final class DroppedPackets {
    private static final FlowEvent EXAMPLE = Wire.read(Examples.read("event-packet-dropped"), FlowEvent.class);

    private DroppedPackets() {}

    /** One packet of the example's source port, dropped now. */
    public static FlowEvent event(String id, HostId host, String source, String dest, int destPort) {
        return event(id, host, source, EXAMPLE.sourcePort(), dest, destPort);
    }

    /** One packet, dropped now. */
    public static FlowEvent event(String id, HostId host, String source, int sourcePort, String dest, int destPort) {
        return new FlowEvent(
                id,
                host,
                EXAMPLE.eventType(),
                EXAMPLE.policyId(),
                EXAMPLE.policyVersion(),
                EXAMPLE.ruleId(),
                EXAMPLE.reason(),
                EXAMPLE.verdict(),
                EXAMPLE.direction(),
                EXAMPLE.hook(),
                source,
                dest,
                sourcePort,
                destPort,
                EXAMPLE.protocol(),
                EXAMPLE.interfaceName(),
                EXAMPLE.generation(),
                1,
                0,
                0,
                Instant.now(),
                EXAMPLE.metadata());
    }
}
