package io.aegisflux.segmentation.agent;

import io.aegisflux.segmentation.agent.config.AgentConfig;
import io.aegisflux.segmentation.agent.config.Environment;
import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.HostProbe;
import io.aegisflux.segmentation.agent.messaging.Doorbell;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.VerifiedObjects;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.eclipse.microprofile.config.Config;

/** Makes the one agent of this process and ties it to the process' life. */
@ApplicationScoped
public class AgentBeans {
    @Produces
    @Singleton
    AgentConfig config(Config config) {
        return new Environment(
                        name -> config.getOptionalValue(name, String.class).orElse(null))
                .agent()
                .requireRunnable();
    }

    @Produces
    @Singleton
    Agent agent(AgentConfig config, Datapath datapath, HostProbe probe, Bus bus, VerifiedObjects objects) {
        return new Agent(config, datapath, probe, bus, objects, Clock.systemUTC());
    }

    void close(@Disposes Agent agent) {
        agent.close();
    }

    @Produces
    @Singleton
    Doorbell.Ring ring(Agent agent) {
        return agent::ring;
    }

    /** Before any channel opens: enforcement does not wait for the bus. */
    void start(@Observes @Priority(1) StartupEvent event, Agent agent) {
        agent.start(ProcessStart.millis());
    }

    /** While the bus is still there, for what is to be flushed. */
    void stop(@Observes @Priority(1) ShutdownEvent event, Agent agent) {
        agent.close();
    }
}
