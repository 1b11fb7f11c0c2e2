package io.aegisflux.segmentation.agent;

import io.aegisflux.segmentation.agent.config.AgentConfig;
import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.HostNetwork;
import io.aegisflux.segmentation.agent.domain.HostProbe;
import io.aegisflux.segmentation.agent.kernel.KernelDatapath;
import io.aegisflux.segmentation.agent.kernel.KernelNetwork;
import io.aegisflux.segmentation.agent.kernel.KernelProbe;
import java.time.Clock;

/** The kernel of this host behind the agent's ports. */
final class HostKernel {
    private HostKernel() {}

    static HostProbe probe() {
        return new KernelProbe();
    }

    static HostNetwork network(AgentConfig config) {
        return new KernelNetwork(config.interfaces(), config.addresses());
    }

    static Datapath datapath(AgentConfig config) {
        return KernelDatapath.of(
                new KernelDatapath.Places(
                        config.pinDir(),
                        config.interfaces(),
                        config.cgroup(),
                        config.xdp(),
                        config.nonIp(),
                        config.eventRate()),
                Clock.systemUTC());
    }
}
