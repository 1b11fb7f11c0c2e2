package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.DateTimeException;
import java.time.Instant;

/**
 * Decisions that are alike on one host, with what is known of both ends: what telemetry shows, and what a filter of flows is
 * held against.
 *
 * @param eventId the last event of them; null for what a host recorded ({@link FlowRecord}) instead of telling at once
 * @param sourcePort null where there is none, where several are summed up, or where a system chose it
 * @param destPort 0 where there is none
 * @param protocol as {@link Protocols#name} has it
 * @param policyId the policy that decided, null for the posture and the failsafe
 * @param policyVersion null with policyId
 * @param ruleId null with policyId
 * @param count decisions; of what a host recorded as allowed, connections that began, and 0 for one that merely goes on
 */
public record FlowRow(
        HostId hostId,
        String eventId,
        Direction direction,
        FlowEnd source,
        FlowEnd dest,
        Integer sourcePort,
        int destPort,
        String protocol,
        Verdict verdict,
        Reason reason,
        PolicyId policyId,
        Long policyVersion,
        String ruleId,
        long count,
        Instant first,
        Instant last) {
    public FlowRow {
        requireNonNull(hostId, "host_id is missing");
        requireNonNull(direction, "direction is missing");
        requireNonNull(source, "source is missing");
        requireNonNull(dest, "dest is missing");
        requireNonNull(protocol, "protocol is missing");
        requireNonNull(verdict, "verdict is missing");
        requireNonNull(reason, "reason is missing");
        requireNonNull(first, "first is missing");
        requireNonNull(last, "last is missing");
        if (sourcePort != null) {
            Figures.requirePort(sourcePort, "source_port");
        }
        Figures.requirePort(destPort, "dest_port");
        Figures.requireDecider(policyId, policyVersion, ruleId);
        Figures.requireCount(count, "count");
    }

    /**
     * The same decisions and those before them.
     *
     * @param ofSourcePort null when they differ
     * @param ofDestPort 0 when they differ
     */
    public FlowRow summedUp(Integer ofSourcePort, int ofDestPort, long inAll, Instant firstOfAll) {
        return new FlowRow(
                hostId,
                eventId,
                direction,
                source,
                dest,
                ofSourcePort,
                ofDestPort,
                protocol,
                verdict,
                reason,
                policyId,
                policyVersion,
                ruleId,
                inAll,
                firstOfAll,
                last);
    }

    /** What an event tells, its ends without names. */
    public static FlowRow of(FlowEvent event) {
        return new FlowRow(
                event.hostId(),
                event.id(),
                event.direction(),
                FlowEnd.of(event.sourceIp()),
                FlowEnd.of(event.destIp()),
                event.sourcePort() == 0 ? null : event.sourcePort(),
                event.destPort(),
                event.protocol(),
                event.verdict(),
                event.reason(),
                event.policyId(),
                event.policyVersion(),
                event.ruleId(),
                event.count(),
                event.count() > 1 ? firstOf(event) : event.timestamp(),
                event.timestamp());
    }

    /** An event of several decisions is dated by the last and names the first in its metadata. */
    private static Instant firstOf(FlowEvent event) {
        try {
            return event.metadata().get("first") instanceof String first ? Instant.parse(first) : event.timestamp();
        } catch (DateTimeException e) {
            return event.timestamp();
        }
    }

    /**
     * What a host recorded, its ends without names.
     *
     * @param from begin of the while that the host recorded
     */
    public static FlowRow of(HostId host, FlowRecord flow, Instant from) {
        return new FlowRow(
                host,
                null,
                flow.direction(),
                FlowEnd.of(flow.sourceIp()),
                FlowEnd.of(flow.destIp()),
                flow.sourcePort(),
                flow.destPort() == null ? 0 : flow.destPort(),
                flow.protocol(),
                flow.verdict(),
                flow.reason(),
                flow.policyId(),
                flow.policyVersion(),
                flow.ruleId(),
                flow.count(),
                from.isBefore(flow.last()) ? from : flow.last(),
                flow.last());
    }

    /** The same decisions between these ends. */
    public FlowRow between(FlowEnd newSource, FlowEnd newDest) {
        return new FlowRow(
                hostId,
                eventId,
                direction,
                newSource,
                newDest,
                sourcePort,
                destPort,
                protocol,
                verdict,
                reason,
                policyId,
                policyVersion,
                ruleId,
                count,
                first,
                last);
    }
}
