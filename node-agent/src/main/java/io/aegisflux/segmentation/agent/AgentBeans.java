package io.aegisflux.segmentation.agent;

import io.aegisflux.segmentation.agent.messaging.Doorbell;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.VerifiedObjects;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Hands Quarkus the agent that {@link Main} has started, and tells that one when the bus comes and goes. */
@ApplicationScoped
public class AgentBeans {
    @Produces
    @Singleton
    Agent agent() {
        return Main.agent();
    }

    @Produces
    @Singleton
    Doorbell.Ring ring(Agent agent) {
        return agent::ring;
    }

    void follow(@Observes @Priority(1) StartupEvent event, Agent agent, Bus bus, VerifiedObjects objects) {
        agent.follow(bus, objects);
    }

    /** While the bus is still there, for what is to be flushed. */
    void stop(@Observes @Priority(1) ShutdownEvent event, Agent agent) {
        agent.close();
    }
}
