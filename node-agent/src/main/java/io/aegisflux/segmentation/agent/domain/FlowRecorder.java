package io.aegisflux.segmentation.agent.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Protocols;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes records of what passed and of what was dropped. Connections that merely go on are told every {@link #REPEAT}; the
 * rows of one while are bounded, and what found no place is counted. Safe for any thread.
 */
public final class FlowRecorder {
    /** Rows of one while at most, of what passed and of what was dropped each. */
    static final int MOST_ROWS = 20_000;

    /** After which a row without new connections is told again. */
    static final Duration REPEAT = Duration.ofMinutes(5);

    private final HostId host;
    private final Map<FlowRecord, FlowRecord> dropped = new HashMap<>();
    private final Map<FlowRecord, Instant> told = new HashMap<>();
    private long unrecorded;
    private Instant from;

    /**
     * @param start when recording begins
     */
    public FlowRecorder(HostId host, Instant start) {
        this.host = requireNonNull(host, "host is null");
        this.from = requireNonNull(start, "start is null");
    }

    /** Takes a decision; only what was dropped counts here, for what passed is known better from its connections. */
    public synchronized void add(DecisionRecord decision) {
        if (decision.verdict() != Verdict.DROPPED) {
            return;
        }
        FlowRecord flow = record(decision);
        FlowRecord row = row(flow);
        FlowRecord known = dropped.get(row);
        if (known == null && dropped.size() >= MOST_ROWS) {
            unrecorded += decision.count();
            return;
        }
        dropped.put(row, known == null ? flow : known.with(known.count() + flow.count(), flow.last()));
    }

    /** Counts what was recorded and could not be sent. */
    public synchronized void lost(FlowRecords records) {
        unrecorded += records.unrecorded()
                + records.flows().stream().mapToLong(FlowRecord::count).sum();
    }

    /**
     * The records of the while that ends now; none when nothing is to be told.
     *
     * @param sample what passed in it
     */
    public synchronized List<FlowRecords> take(FlowSample sample, Instant now) {
        List<FlowRecord> rows = new ArrayList<>(dropped.values());
        dropped.clear();
        long omitted = 0;
        int passed = 0;
        for (FlowRecord flow : sample.flows()) {
            if (!isDue(flow, now)) {
                continue;
            }
            if (passed < MOST_ROWS) {
                rows.add(flow);
                passed++;
            } else {
                omitted += flow.count();
            }
        }
        told.values().removeIf(at -> at.plus(REPEAT.multipliedBy(2)).isBefore(now));
        List<FlowRecords> messages = messages(rows, unrecorded + omitted, sample.complete(), now);
        unrecorded = 0;
        from = now;
        return messages;
    }

    /** A record without its figures: what tells rows apart. */
    private static FlowRecord row(FlowRecord flow) {
        return flow.with(0, Instant.EPOCH);
    }

    /** Whether a row has something new, or was not told for long; takes note that it is told. */
    private boolean isDue(FlowRecord flow, Instant now) {
        FlowRecord row = row(flow);
        Instant last = told.get(row);
        boolean due = flow.count() > 0 || last == null || !last.plus(REPEAT).isAfter(now);
        if (due && (last != null || told.size() < MOST_ROWS)) {
            told.put(row, now);
        }
        return due;
    }

    private List<FlowRecords> messages(List<FlowRecord> rows, long notRecorded, boolean complete, Instant now) {
        List<FlowRecords> messages = new ArrayList<>();
        for (int at = 0; at < rows.size(); at += FlowRecords.MOST) {
            List<FlowRecord> part = rows.subList(at, Math.min(rows.size(), at + FlowRecords.MOST));
            messages.add(new FlowRecords(host, from, now, part, at == 0 ? notRecorded : 0, complete));
        }
        if (messages.isEmpty() && (notRecorded > 0 || !complete)) {
            messages.add(new FlowRecords(host, from, now, List.of(), notRecorded, complete));
        }
        return messages;
    }

    private static FlowRecord record(DecisionRecord decision) {
        boolean ports = Protocols.hasPorts(decision.protocol());
        boolean icmp = Protocols.isIcmp(decision.protocol());
        return new FlowRecord(
                decision.direction(),
                decision.sourceIp(),
                ports && decision.sourcePort() < FlowRecord.CHOSEN_PORTS ? decision.sourcePort() : null,
                decision.destIp(),
                ports ? decision.destPort() : null,
                Protocols.name(decision.protocol()),
                icmp ? decision.icmpType() : null,
                icmp ? decision.icmpCode() : null,
                decision.interfaceName(),
                decision.verdict(),
                decision.reason(),
                decision.policyId(),
                decision.policyVersion(),
                decision.ruleId(),
                decision.count(),
                decision.time());
    }
}
