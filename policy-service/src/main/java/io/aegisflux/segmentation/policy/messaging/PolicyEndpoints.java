package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.nats.ApiEndpoints;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.Heartbeat;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** {@code segmentation.api.policy.*}: the verbs of all {@link PolicyVerbs}. */
@ApplicationScoped
public class PolicyEndpoints {
    private final Bus bus;
    private final WorldState world;
    private final Instance<PolicyVerbs> topics;
    private final String version;
    private final MeterRegistry metrics;
    private volatile ApiEndpoints endpoints;
    private volatile Heartbeat heartbeat;

    @Inject
    public PolicyEndpoints(
            Bus bus,
            WorldState world,
            @Any Instance<PolicyVerbs> topics,
            @ConfigProperty(name = "quarkus.application.version") String version,
            MeterRegistry metrics) {
        this.bus = bus;
        this.world = world;
        this.topics = topics;
        this.version = version;
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        heartbeat = Heartbeat.start(
                bus,
                version,
                () -> Map.of(
                        "policies", world.now().policies().alive().size(),
                        "hosts", world.now().hosts().reports().size()));
        Thread.ofVirtual().name("policy-api").start(this::answer);
    }

    /** Whether requests are answered. */
    boolean isAnswering() {
        return endpoints != null;
    }

    /** Not before the world is known: what is not known yet is not there, to who asks. */
    private void answer() {
        if (world.awaitComplete()) {
            Map<String, UnaryOperator<byte[]>> verbs = new HashMap<>();
            topics.forEach(topic -> verbs.putAll(topic.verbs()));
            endpoints = ApiEndpoints.start(bus, PolicyApi.SERVICE, version.replaceFirst("-.*", ""), verbs, metrics);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        heartbeat.close();
        if (endpoints != null) {
            endpoints.close();
        }
    }
}
