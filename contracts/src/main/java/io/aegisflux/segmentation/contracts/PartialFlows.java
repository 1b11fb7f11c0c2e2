package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the hosts of one partition told within a second, summed up by the instance of telemetry-service that reads them, on
 * {@code segmentation.partials.<source>-<partition>}. It is also how far that instance came: whoever reads the partition
 * next goes on behind {@code through}, so each message is in one partial, whoever dies.
 *
 * @param source {@link #EVENTS} or {@link #FLOWS}
 * @param partition 0 to {@link Subjects#PARTITIONS} - 1
 * @param through number, in the stream of the source, of the last message that is in this partial
 * @param from the second's begin, by the time at which the broker stored the messages
 * @param flows the kinds with the most decisions, of which {@link FlowRow#count} tells how many; without names
 * @param rest all others, summed up without their ports (0) by who talked to whom and what became of it
 * @param omitted how many kinds are not among flows
 * @param omittedEdges how many of them are not among rest either; the sums count their decisions
 * @param allowed decisions of the second
 * @param dropped as allowed
 * @param audited as allowed
 * @param lost decisions of which hosts could not tell, and events that their stream gave up before they were read
 * @param numbers of each host that told events, the last one's {@link FlowEvent#number}
 */
public record PartialFlows(
        String source,
        int partition,
        long through,
        Instant from,
        List<FlowRow> flows,
        List<FlowRow> rest,
        long omitted,
        long omittedEdges,
        long allowed,
        long dropped,
        long audited,
        long lost,
        Map<String, Long> numbers) {
    public static final String EVENTS = "events";
    public static final String FLOWS = "flows";

    private static final Set<String> SOURCES = Set.of(EVENTS, FLOWS);

    public PartialFlows {
        requireNonNull(source, "source is missing");
        Figures.requireWord(source, SOURCES, "source");
        requireNonNull(from, "from is missing");
        flows = Frozen.list(flows, "flows");
        rest = Frozen.list(rest, "rest");
        if (partition < 0 || partition >= Subjects.PARTITIONS) {
            throw new IllegalArgumentException(
                    "partition is 0 to %d, not %d".formatted(Subjects.PARTITIONS - 1, partition));
        }
        Figures.requireCount(through, "through");
        Figures.requireCount(omitted, "omitted");
        Figures.requireCount(omittedEdges, "omitted_edges");
        Figures.requireCount(allowed, "allowed");
        Figures.requireCount(dropped, "dropped");
        Figures.requireCount(audited, "audited");
        Figures.requireCount(lost, "lost");
        numbers = Collections.unmodifiableMap(new TreeMap<>(requireNonNull(numbers, "numbers is missing")));
        numbers.forEach((host, number) -> Figures.requireCount(requireNonNull(number, host), "numbers." + host));
    }

    /** The same sums, of which no rows are told. */
    public PartialFlows withoutRows() {
        return new PartialFlows(
                source,
                partition,
                through,
                from,
                List.of(),
                List.of(),
                omitted + flows.size(),
                omittedEdges + flows.size() + rest.size(),
                allowed,
                dropped,
                audited,
                lost,
                numbers);
    }
}
