package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * Aggregated flows of the last window, on {@code segmentation.telemetry.flows}.
 *
 * @param from begin of the window
 * @param to end of the window
 * @param omitted rows that did not fit; an event that found no place counts as a row of its own
 * @param allowed decisions of the window, those of omitted rows included
 * @param dropped as allowed
 * @param audited as allowed
 */
public record TelemetryFlows(
        Instant from, Instant to, List<Flow> flows, long omitted, long allowed, long dropped, long audited) {
    public TelemetryFlows {
        requireNonNull(from, "from is missing");
        requireNonNull(to, "to is missing");
        flows = Frozen.list(flows, "flows");
        Figures.requireCount(omitted, "omitted");
        Figures.requireCount(allowed, "allowed");
        Figures.requireCount(dropped, "dropped");
        Figures.requireCount(audited, "audited");
    }

    /**
     * One row: equal source, destination, port, protocol and verdict on one host.
     *
     * @param sourceIp null where the hook cannot know it
     * @param destIp null where the hook cannot know it
     * @param policyId the deciding policy, null for the posture and the failsafe
     * @param policyVersion null with policyId
     * @param ruleId null with policyId
     */
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
            Instant last) {
        public Flow {
            requireNonNull(hostId, "host_id is missing");
            requireNonNull(protocol, "protocol is missing");
            requireNonNull(verdict, "verdict is missing");
            requireNonNull(first, "first is missing");
            requireNonNull(last, "last is missing");
            Figures.requireDecider(policyId, policyVersion, ruleId);
            Figures.requirePort(destPort, "dest_port");
            Figures.requireCount(count, "count");
        }
    }
}
