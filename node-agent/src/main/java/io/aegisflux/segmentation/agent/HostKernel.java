package io.aegisflux.segmentation.agent;

import io.aegisflux.segmentation.agent.config.AgentConfig;
import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.HostProbe;

/** The kernel of this host behind the agent's ports. */
final class HostKernel {
    private HostKernel() {}

    static HostProbe probe() {
        throw new UnsupportedOperationException("this build has no probe");
    }

    static Datapath datapath(AgentConfig config) {
        throw new UnsupportedOperationException("this build has no datapath for " + config.pinDir());
    }
}
