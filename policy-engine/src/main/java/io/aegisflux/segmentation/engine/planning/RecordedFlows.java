package io.aegisflux.segmentation.engine.planning;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyPlan.Total;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** The flows that hosts recorded in a window, each once, whatever became of it then. For one thread. */
public final class RecordedFlows {
    /** So many are told apart: about 100 MiB. */
    static final int MOST = 250_000;

    private final Map<Flow, FlowRecord> flows = new HashMap<>();
    private long omitted;
    private long omittedConnections;

    private record Flow(
            HostId host,
            Direction direction,
            String sourceIp,
            Integer sourcePort,
            String destIp,
            Integer destPort,
            String protocol,
            Integer icmpType,
            Integer icmpCode,
            String interfaceName) {}

    /** Adds a record of a host. */
    public void add(HostId host, FlowRecord record) {
        Flow flow = new Flow(
                host,
                record.direction(),
                record.sourceIp(),
                record.sourcePort(),
                record.destIp(),
                record.destPort(),
                record.protocol(),
                record.icmpType(),
                record.icmpCode(),
                record.interfaceName());
        FlowRecord known = flows.get(flow);
        if (known != null) {
            flows.put(flow, known.with(known.count() + record.count(), later(known.last(), record.last())));
        } else if (flows.size() < MOST) {
            flows.put(flow, record);
        } else {
            omitted++;
            omittedConnections += record.count();
        }
    }

    /** Every flow, with the connections of all its records and when it was seen last. */
    public void forEach(BiConsumer<HostId, FlowRecord> receiver) {
        flows.forEach((flow, record) -> receiver.accept(flow.host, record));
    }

    /** What is in here. */
    public Total total() {
        return new Total(
                flows.size(),
                flows.values().stream().mapToLong(FlowRecord::count).sum());
    }

    /** Records that found no place: not all of them are flows of their own. */
    public Total omitted() {
        return new Total(omitted, omittedConnections);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
