package io.aegisflux.segmentation.agent.domain;

/** Finds out what the kernel can do, by libbpf's probes and by trying; changes nothing. */
public interface HostProbe {
    /** The facts; what could not be found out is reported as absent. */
    HostFacts probe();
}
