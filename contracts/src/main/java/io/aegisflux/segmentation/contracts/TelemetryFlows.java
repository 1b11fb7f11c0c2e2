package io.aegisflux.segmentation.contracts;

import java.time.Instant;
import java.util.List;

/** Aggregated flows of the last window, on {@code segmentation.telemetry.flows}. */
public record TelemetryFlows(Instant from, Instant to, List<Flow> flows, long omitted) {
    public TelemetryFlows {
        flows = List.copyOf(flows);
    }

    /** One row: equal source, destination, port, protocol and verdict on one host. */
    public record Flow(
            HostId hostId,
            String sourceIp,
            String destIp,
            int destPort,
            String protocol,
            Verdict verdict,
            PolicyId policyId,
            Long policyVersion,
            String ruleId,
            long count,
            Instant first,
            Instant last) {}
}
