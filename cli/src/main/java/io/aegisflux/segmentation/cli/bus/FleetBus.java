package io.aegisflux.segmentation.cli.bus;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What hosts and services last said, read from the streams without a consumer. */
public final class FleetBus {
    private static final String DIRECT_GET = "$JS.API.DIRECT.GET.";
    private static final int AT_A_TIME = 256;

    private static final String TAKEN_AT = "Nats-Time-Stamp";

    private final BusClient bus;

    /**
     * What a host told.
     *
     * @param takenAt when the broker took it: the host's own clock may be wrong
     */
    public record Told(MetricsReport report, Instant takenAt) {
        public Told {
            requireNonNull(report, "report is null");
            requireNonNull(takenAt, "takenAt is null");
        }
    }

    public FleetBus(BusClient bus) {
        this.bus = requireNonNull(bus, "bus is null");
    }

    /** The last metrics of each host; a host that has sent none is missing. */
    public Map<HostId, Told> lastReports(List<HostId> hosts) {
        Map<HostId, Told> reports = new HashMap<>();
        for (int from = 0; from < hosts.size(); from += AT_A_TIME) {
            Map<HostId, CompletableFuture<Message>> asked = new HashMap<>();
            for (HostId host : hosts.subList(from, Math.min(hosts.size(), from + AT_A_TIME))) {
                asked.put(
                        host,
                        bus.connection()
                                .request(DIRECT_GET + Streams.METRICS + "." + Subjects.metrics(host), new byte[0]));
            }
            asked.forEach((host, reply) -> report(reply).ifPresent(report -> reports.put(host, report)));
        }
        return reports;
    }

    /** When this host or service last said anything on its system subject; empty when it has not. */
    public Optional<Instant> lastHeard(String service) {
        try {
            MessageInfo last = bus.connection()
                    .jetStreamManagement()
                    .getLastMessage(Streams.SYSTEM, Subjects.systemOfService(service));
            return Optional.of(last.getTime().toInstant());
        } catch (JetStreamApiException | IOException e) {
            return Optional.empty();
        }
    }

    private Optional<Told> report(CompletableFuture<Message> asked) {
        Message reply = asked.completeOnTimeout(null, bus.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(failure -> null)
                .join();
        if (reply == null || reply.isStatusMessage()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Told(
                    Wire.read(reply.getData(), MetricsReport.class),
                    Instant.parse(reply.getHeaders().getFirst(TAKEN_AT))));
        } catch (MalformedMessageException e) {
            return Optional.empty();
        }
    }
}
