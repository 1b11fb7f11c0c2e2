package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the hosts of one partition told within a second. At most {@link #MAX_KINDS} kinds are told apart and {@link #MAX_ROWS}
 * become rows; what is beyond is summed up without ports, for the map, so that a scan of ports fills neither the memory nor
 * the message. The sums count every decision. For one thread.
 */
public final class PartialWindow {
    static final int MAX_KINDS = 1_000;

    static final int MAX_ROWS = 250;

    /** Rows without ports. */
    static final int MAX_REST = 500;

    private final String source;
    private final int partition;
    private final Instant second;
    private final EventNumbers numbers;
    private final Tallies kinds = new Tallies(MAX_KINDS);
    private final Tallies rest = new Tallies(MAX_REST);
    private final Sums sums = new Sums();
    private final Map<String, Long> told = new HashMap<>();
    private long omitted;
    private long omittedEdges;
    private long lost;

    /**
     * @param source as {@link PartialFlows#source}
     * @param second its begin
     */
    public PartialWindow(String source, int partition, Instant second, EventNumbers numbers) {
        this.source = source;
        this.partition = partition;
        this.second = second;
        this.numbers = numbers;
    }

    public void add(FlowEvent event) {
        String host = event.hostId().value();
        lost = Saturating.sum(lost, Saturating.sum(event.lost(), numbers.missing(host, event.number())));
        if (event.number() > 0) {
            told.put(host, numbers.last(host));
        }
        add(FlowRow.of(event));
    }

    /** Takes what a host recorded: of it, what was allowed, for events told of the rest. */
    public void add(FlowRecords records) {
        lost = Saturating.sum(lost, records.unrecorded());
        for (FlowRecord flow : records.flows()) {
            if (flow.verdict() == Verdict.ALLOWED) {
                add(FlowRow.of(records.hostId(), flow, records.from()));
            }
        }
    }

    private void add(FlowRow row) {
        sums.add(row.verdict(), row.count());
        if (!kinds.add(row)) {
            omit(row);
        }
    }

    private void omit(FlowRow row) {
        omitted++;
        if (!rest.addWithoutPorts(row)) {
            omittedEdges++;
        }
    }

    /**
     * All of it, once.
     *
     * @param through as {@link PartialFlows#through}
     */
    public PartialFlows partial(long through) {
        List<FlowRow> rows = kinds.rows();
        rows.stream().skip(MAX_ROWS).forEach(this::omit);
        return new PartialFlows(
                source,
                partition,
                through,
                second,
                rows.stream().limit(MAX_ROWS).toList(),
                rest.rows(),
                omitted,
                omittedEdges,
                sums.of(Verdict.ALLOWED),
                sums.of(Verdict.DROPPED),
                sums.of(Verdict.AUDITED),
                lost,
                told);
    }
}
