package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.ChannelState;
import io.aegisflux.segmentation.nats.Members;
import io.aegisflux.segmentation.nats.NatsConnector;
import io.aegisflux.segmentation.nats.PartitionReader;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.nats.UnfitServerException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;
import org.jboss.logging.Logger;

/**
 * The partitions of hosts that are this instance's to read: their events and what they recorded. All instances that are there
 * share them ({@link Members}).
 */
@ApplicationScoped
public class Partitions {
    private static final Logger LOG = Logger.getLogger(Partitions.class);
    private static final Duration TICK = Duration.ofMillis(200);

    /** So long a stream is taken to be there before it is looked at again, when something goes wrong. */
    private static final Duration ENSURED = Duration.ofSeconds(5);

    /** Messages of a partition that are fetched ahead: events have about a KiB, records may have a MiB. */
    private static final int EVENTS_AHEAD = 512;

    private static final int RECORDS_AHEAD = 8;

    private final Bus bus;
    private final Intake intake;
    private final PartialsChannel partials;
    private final NatsConnector connector;
    private final Duration back;
    private final MeterRegistry metrics;
    private final List<Source> sources = List.of(
            new Source(PartialFlows.EVENTS, Streams.EVENTS, Subjects.EVENTS, EVENTS_AHEAD),
            new Source(PartialFlows.FLOWS, Streams.FLOWS, Subjects.FLOWS, RECORDS_AHEAD));
    private final Thread thread = Thread.ofVirtual().name("partitions").unstarted(this::run);
    private volatile Members members;
    private volatile Set<Integer> mine = Set.of();
    private volatile boolean stopped;

    /**
     * @param back so far back a partition begins that was never read
     */
    @Inject
    public Partitions(
            Bus bus,
            Intake intake,
            PartialsChannel partials,
            @Any @Connector(NatsConnector.NAME) NatsConnector connector,
            @ConfigProperty(name = "segmentation.partitions.back") Duration back,
            MeterRegistry metrics) {
        this.bus = bus;
        this.intake = intake;
        this.partials = partials;
        this.connector = connector;
        this.back = back;
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        Gauge.builder("segmentation.partitions", this, of -> of.mine.size())
                .description("Partitions of hosts whose events and records this instance reads, of %d."
                        .formatted(Subjects.PARTITIONS))
                .register(metrics);
        sources.forEach(connector::watch);
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) {
        stopped = true;
        thread.interrupt();
        sources.forEach(Source::close);
        if (members != null) {
            members.close();
        }
    }

    /** Which are read here. */
    Set<Integer> mine() {
        return mine;
    }

    private void run() {
        try {
            while (!stopped) {
                try {
                    share();
                } catch (RuntimeException e) {
                    LOG.error("the partitions stay as they are", e);
                }
                Thread.sleep(TICK);
            }
        } catch (InterruptedException e) {
            LOG.debug("reads no partitions more");
        }
    }

    private void share() {
        if (!partials.isCaughtUp()) {
            return;
        }
        if (members == null) {
            members = Members.join(bus);
        }
        Set<Integer> share = members.share(Subjects.PARTITIONS);
        if (!share.equals(mine)) {
            LOG.infof("reads the partitions %s", share);
            mine = share;
        }
        sources.forEach(source -> source.hold(share));
    }

    /** The partitions of one stream that are read here. */
    private final class Source implements ChannelState {
        private final String name;
        private final String stream;
        private final String prefix;
        private final int ahead;
        private final Map<Integer, PartitionReader> readers = new ConcurrentHashMap<>();
        private boolean isEnsured;
        private long ensuredAt;

        Source(String name, String stream, String prefix, int ahead) {
            this.name = name;
            this.stream = stream;
            this.prefix = prefix;
            this.ahead = ahead;
        }

        synchronized void hold(Set<Integer> share) {
            readers.entrySet().removeIf(reader -> {
                boolean isLost = !share.contains(reader.getKey());
                if (isLost) {
                    reader.getValue().stop();
                }
                return isLost;
            });
            if (!share.isEmpty() && ensures()) {
                share.forEach(partition -> readers.computeIfAbsent(partition, this::reader));
            }
        }

        synchronized void close() {
            readers.values().forEach(PartitionReader::stop);
            readers.values().forEach(PartitionReader::close);
            readers.clear();
        }

        /** Also a stream that somebody removed meanwhile. */
        private boolean ensures() {
            try {
                boolean isAgain = System.nanoTime() - ensuredAt > ENSURED.toNanos() && trouble() != null;
                if (!isEnsured || isAgain) {
                    StreamCatalog.ensure(bus, stream);
                    isEnsured = true;
                    ensuredAt = System.nanoTime();
                }
                return true;
            } catch (BusException | UnfitServerException | IllegalStateException e) {
                LOG.debugf("%s is read later: %s", stream, e.getMessage());
                return false;
            }
        }

        private PartitionReader reader(int partition) {
            return new PartitionReader(
                            bus,
                            new PartitionReader.Settings(
                                    name + "-" + partition, stream, Subjects.held(prefix, partition), back, ahead),
                            new PartitionWork(name, partition, intake, partials))
                    .start();
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String stream() {
            return stream;
        }

        @Override
        public String trouble() {
            if (members == null || !members.isHeard() || !partials.isCaughtUp()) {
                return "the instances did not share the partitions yet";
            }
            if (readers.size() < mine.size()) {
                return "not connected yet";
            }
            return readers.values().stream()
                    .map(PartitionReader::trouble)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public long pending() {
            return readers.values().stream().mapToLong(PartitionReader::pending).sum();
        }
    }
}
