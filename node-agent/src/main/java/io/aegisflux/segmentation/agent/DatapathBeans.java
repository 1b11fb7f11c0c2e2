package io.aegisflux.segmentation.agent;

import io.aegisflux.segmentation.agent.config.AgentConfig;
import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.HostProbe;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The kernel behind the agent's ports. */
@ApplicationScoped
public class DatapathBeans {
    @Produces
    @Singleton
    Datapath produce(AgentConfig config) {
        return datapath(config);
    }

    @Produces
    @Singleton
    HostProbe probe() {
        throw new UnsupportedOperationException("this build has no probe");
    }

    static Datapath datapath(AgentConfig config) {
        throw new UnsupportedOperationException("this build has no datapath for " + config.pinDir());
    }
}
