package io.aegisflux.segmentation.agent.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Protocols;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes events of decisions: the first of its kind at once, its repeats as one event with their number at every
 * {@link #flush()}. At most {@link #MAX_KINDS} kinds are told apart between two flushes; decisions of further kinds are
 * counted as lost, so that a scan of ports or addresses cannot fill the memory. Safe for any thread.
 */
public final class DecisionAggregator {
    /** How many kinds of decisions are remembered between two flushes. */
    public static final int MAX_KINDS = 4096;

    private final HostId host;
    private final TimeOrderedIds ids;
    private final Map<Kind, Tally> tallies = new HashMap<>();
    private long lost;

    public DecisionAggregator(HostId host, TimeOrderedIds ids) {
        this.host = requireNonNull(host, "host is null");
        this.ids = requireNonNull(ids, "ids is null");
    }

    /** The event to publish at once, if the decision is the first of its kind. */
    public synchronized Optional<FlowEvent> add(DecisionRecord decision) {
        Kind kind = Kind.of(decision);
        Tally tally = tallies.get(kind);
        if (tally != null) {
            tally.add(decision);
            return Optional.empty();
        }
        if (tallies.size() >= MAX_KINDS) {
            lost += decision.count();
            return Optional.empty();
        }
        tallies.put(kind, new Tally());
        return Optional.of(
                event(kind, decision.count(), decision.time(), decision.first(), decision.time(), decision.bytes()));
    }

    /** An event for each kind that was repeated since the last flush; kinds that were not are forgotten. */
    public synchronized List<FlowEvent> flush() {
        List<FlowEvent> events = new ArrayList<>();
        Iterator<Map.Entry<Kind, Tally>> entries = tallies.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<Kind, Tally> entry = entries.next();
            Tally tally = entry.getValue();
            if (tally.count == 0) {
                entries.remove();
            } else {
                events.add(event(entry.getKey(), tally.count, tally.last, tally.first, tally.last, tally.bytes));
                entry.setValue(new Tally());
            }
        }
        return events;
    }

    /** How many decisions of too many kinds were dropped since the last call. */
    public synchronized long takeLost() {
        long taken = lost;
        lost = 0;
        return taken;
    }

    private FlowEvent event(Kind kind, long count, Instant time, Instant first, Instant last, long bytes) {
        Map<String, Object> metadata = new HashMap<>();
        metadata.put("bytes", bytes);
        if (count > 1) {
            metadata.put("first", first.toString());
            metadata.put("last", last.toString());
        }
        if (kind.pid != 0) {
            metadata.put("pid", kind.pid);
        }
        if (kind.command != null) {
            metadata.put("comm", kind.command);
        }
        return new FlowEvent(
                ids.next(time.toEpochMilli()),
                host,
                kind.eventType(),
                kind.policyId,
                kind.policyVersion,
                kind.ruleId,
                kind.reason,
                kind.verdict,
                kind.direction,
                kind.hook,
                kind.sourceIp,
                kind.destIp,
                kind.sourcePort,
                kind.destPort,
                Protocols.name(kind.protocol),
                kind.interfaceName,
                kind.generation,
                count,
                0,
                0,
                time,
                metadata);
    }

    private static final class Tally {
        private long count;
        private long bytes;
        private Instant first;
        private Instant last;

        void add(DecisionRecord decision) {
            count += decision.count();
            bytes += decision.bytes();
            first = first == null ? decision.first() : first;
            last = decision.time();
        }
    }

    /** A decision without its time and size: what makes two of them equal. */
    private record Kind(
            Hook hook,
            Direction direction,
            Verdict verdict,
            Reason reason,
            PolicyId policyId,
            Long policyVersion,
            String ruleId,
            String sourceIp,
            String destIp,
            int sourcePort,
            int destPort,
            int protocol,
            String interfaceName,
            long generation,
            int pid,
            String command) {

        static Kind of(DecisionRecord d) {
            return new Kind(
                    d.hook(),
                    d.direction(),
                    d.verdict(),
                    d.reason(),
                    d.policyId(),
                    d.policyVersion(),
                    d.ruleId(),
                    d.sourceIp(),
                    d.destIp(),
                    d.sourcePort(),
                    d.destPort(),
                    d.protocol(),
                    d.interfaceName(),
                    d.generation(),
                    d.pid(),
                    d.command());
        }

        String eventType() {
            if (verdict != Verdict.DROPPED) {
                return FlowEvent.PACKET_ALLOWED;
            }
            return hook == Hook.CONNECT4 || hook == Hook.CONNECT6
                    ? FlowEvent.CONNECTION_BLOCKED
                    : FlowEvent.PACKET_DROPPED;
        }
    }
}
