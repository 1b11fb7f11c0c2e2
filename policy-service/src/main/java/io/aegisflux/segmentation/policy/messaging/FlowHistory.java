package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.PolicyPlan.Evidence;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.planning.RecordedFlows;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.nats.StreamReplay;
import io.aegisflux.segmentation.nats.UnfitServerException;
import io.aegisflux.segmentation.policy.domain.HostBook;
import io.aegisflux.segmentation.policy.domain.HostTime;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** The flows that hosts recorded. Agents may not make streams: this makes sure that theirs is there. */
@ApplicationScoped
public class FlowHistory {
    private static final Logger LOG = Logger.getLogger(FlowHistory.class);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final Bus bus;
    private final Semaphore turn = new Semaphore(1, true);
    private volatile boolean stopped;

    @Inject
    public FlowHistory(Bus bus) {
        this.bus = bus;
    }

    void start(@Observes StartupEvent event) {
        Thread.ofVirtual().name("flow-history").start(this::prepare);
    }

    void stop(@Observes ShutdownEvent event) {
        stopped = true;
    }

    private void prepare() {
        while (!stopped) {
            try {
                StreamCatalog.ensure(bus, Streams.FLOWS);
                return;
            } catch (BusException | UnfitServerException | IllegalStateException e) {
                LOG.debugf("the stream of flows is made sure of later: %s", e.getMessage());
                Pause.of(RETRY);
            }
        }
    }

    /** What a window held, read once. */
    static final class Window {
        private final Instant from;
        private final Instant to;
        private final RecordedFlows flows = new RecordedFlows();
        private final Set<HostId> heard = new HashSet<>();
        private Instant recordedFrom;
        private long unrecorded;
        private long incomplete;
        private long unreadable;

        Window(Instant from, Instant to) {
            this.from = from;
            this.to = to;
        }

        RecordedFlows flows() {
            return flows;
        }

        /** @param hosts every host that ever reported */
        Evidence evidence(HostBook hosts) {
            List<HostId> known =
                    hosts.all().stream().map(CapabilityReport::hostId).toList();
            List<HostId> silent =
                    known.stream().filter(host -> !heard.contains(host)).toList();
            return new Evidence(
                    from,
                    to,
                    recordedFrom,
                    known.size(),
                    known.size() - silent.size(),
                    silent.stream().limit(Evidence.MOST_NAMED).toList(),
                    flows.total(),
                    List.of(),
                    unrecorded,
                    incomplete,
                    unreadable);
        }

        void add(byte[] data, NatsMetadata metadata) {
            FlowRecords records;
            try {
                records = Wire.read(data, FlowRecords.class);
            } catch (MalformedMessageException e) {
                unreadable++;
                return;
            }
            if (!records.hostId().value().equals(metadata.token())) {
                unreadable++;
                return;
            }
            records = HostTime.notAhead(records, metadata.timestamp());
            if (records.from().isAfter(to) || records.to().isBefore(from)) {
                return;
            }
            heard.add(records.hostId());
            unrecorded += records.unrecorded();
            incomplete += records.complete() ? 0 : 1;
            recordedFrom =
                    recordedFrom == null || records.from().isBefore(recordedFrom) ? records.from() : recordedFrom;
            for (FlowRecord flow : records.flows()) {
                if (!flow.last().isBefore(from) && !flow.last().isAfter(to)) {
                    flows.add(records.hostId(), flow);
                }
            }
        }
    }

    /**
     * Reads a window, for one who asks at a time: it may hold many flows.
     *
     * @param use what to make of it
     * @throws BusException when the stream cannot be read to its end
     */
    <T> T read(Instant from, Instant to, Function<Window, T> use) {
        turn.acquireUninterruptibly();
        try {
            Window window = new Window(from, to);
            StreamReplay.since(bus, Streams.FLOWS, Subjects.held(Subjects.FLOWS), from, window::add);
            return use.apply(window);
        } finally {
            turn.release();
        }
    }
}
