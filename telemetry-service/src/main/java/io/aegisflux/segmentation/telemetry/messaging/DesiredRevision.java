package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.telemetry.domain.Fleet;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Asks policy-service now and then for the revision it desires: the desired states themselves are signed for hosts and
 * may be large. While it does not answer, its last answer stands.
 */
@ApplicationScoped
public class DesiredRevision {
    private static final Logger LOG = Logger.getLogger(DesiredRevision.class);
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private final Bus bus;
    private final Fleet fleet;
    private final Thread thread = Thread.ofVirtual().name("desired-revision").unstarted(this::run);

    @Inject
    public DesiredRevision(Bus bus, Fleet fleet) {
        this.bus = bus;
        this.fleet = fleet;
    }

    void start(@Observes StartupEvent event) {
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                if (bus.isConnected()) {
                    ask();
                }
                Thread.sleep(PERIOD);
            }
        } catch (InterruptedException e) {
            LOG.debug("asks no more");
        }
    }

    private void ask() {
        try {
            byte[] answer = bus.request(Subjects.api(PolicyApi.SERVICE, PolicyApi.LIST), new byte[0])
                    .getData();
            fleet.desired(Wire.read(answer, PolicyApi.ListReply.class).revision());
            byte[] hosts = bus.request(Subjects.api(PolicyApi.SERVICE, PolicyApi.HOSTS), new byte[0])
                    .getData();
            fleet.desired(Wire.read(hosts, PolicyApi.HostsReply.class).hosts().stream()
                    .collect(Collectors.toMap(
                            PolicyApi.HostSummary::hostId, PolicyApi.HostSummary::desiredRevision, Math::max)));
        } catch (BusException | MalformedMessageException | IllegalStateException e) {
            LOG.debugf("the desired revision is not known now: %s", e.getMessage());
        }
    }
}
