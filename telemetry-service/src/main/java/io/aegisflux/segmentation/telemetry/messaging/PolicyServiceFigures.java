package io.aegisflux.segmentation.telemetry.messaging;

import static java.util.stream.Collectors.toMap;

import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.RolloutList;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.telemetry.domain.Fleet;
import io.aegisflux.segmentation.telemetry.domain.MissingVersion;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Asks policy-service now and then for what it alone works out: the revisions it desires (the desired states themselves
 * are signed for hosts and may be large), how rollouts stand, and versions below staged ones. While it does not answer,
 * its last answers stand.
 */
@ApplicationScoped
public class PolicyServiceFigures {
    private static final Logger LOG = Logger.getLogger(PolicyServiceFigures.class);
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final byte[] NOTHING = new byte[0];

    private final Bus bus;
    private final Fleet fleet;
    private final Thread thread =
            Thread.ofVirtual().name("policy-service-figures").unstarted(this::run);

    @Inject
    public PolicyServiceFigures(Bus bus, Fleet fleet) {
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
                    askForAll();
                }
                Thread.sleep(PERIOD);
            }
        } catch (InterruptedException e) {
            LOG.debug("asks no more");
        }
    }

    private void askForAll() {
        ask(PolicyApi.LIST, NOTHING, PolicyApi.ListReply.class, reply -> fleet.desired(reply.revision()));
        ask(
                PolicyApi.HOSTS,
                NOTHING,
                PolicyApi.HostsReply.class,
                reply -> fleet.desired(reply.hosts().stream()
                        .filter(host -> host.desiredRevision() > 0)
                        .collect(toMap(PolicyApi.HostSummary::hostId, PolicyApi.HostSummary::desiredRevision))));
        ask(PolicyApi.ROLLOUTS, NOTHING, RolloutList.class, reply -> fleet.rollouts(reply.rollouts()));
        for (MissingVersion missing : fleet.missing()) {
            ask(
                    PolicyApi.GET,
                    Wire.write(new PolicyApi.GetRequest(missing.policy(), missing.version())),
                    StoredPolicy.class,
                    fleet::stored);
        }
    }

    private <T> void ask(String verb, byte[] request, Class<T> type, Consumer<T> then) {
        try {
            byte[] answer =
                    bus.request(Subjects.api(PolicyApi.SERVICE, verb), request).getData();
            then.accept(Wire.read(answer, type));
        } catch (BusException | MalformedMessageException | IllegalStateException e) {
            LOG.debugf("what %s would answer is not known now: %s", verb, e.getMessage());
        }
    }
}
