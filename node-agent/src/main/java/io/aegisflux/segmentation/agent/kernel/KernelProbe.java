package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.domain.HostFacts;
import io.aegisflux.segmentation.agent.domain.HostProbe;
import io.aegisflux.segmentation.agent.libbpf.Cpus;
import io.aegisflux.segmentation.agent.libbpf.Probes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Finds out what this host's kernel can do. */
public final class KernelProbe implements HostProbe {
    private static final Path BTF = Path.of("/sys/kernel/btf/vmlinux");
    private static final Path JIT = Path.of("/proc/sys/net/core/bpf_jit_enable");

    @Override
    public HostFacts probe() {
        return new HostFacts(
                text(Path.of("/proc/sys/kernel/hostname"), "unknown"),
                architecture(),
                text(Path.of("/proc/sys/kernel/osrelease"), "unknown"),
                Files.isReadable(BTF),
                features(),
                limits());
    }

    private static Map<String, Boolean> features() {
        Map<String, Boolean> features = new LinkedHashMap<>();
        features.put("program_sched_cls", Probes.programType(Probes.SCHED_CLS));
        features.put("program_xdp", Probes.programType(Probes.XDP));
        features.put("program_cgroup_sock_addr", Probes.programType(Probes.CGROUP_SOCK_ADDR));
        features.put("map_array", Probes.mapType(Probes.ARRAY));
        features.put("map_percpu_array", Probes.mapType(Probes.PERCPU_ARRAY));
        features.put("map_hash", Probes.mapType(Probes.HASH));
        features.put("map_lru_hash", Probes.mapType(Probes.LRU_HASH));
        features.put("map_lpm_trie", Probes.mapType(Probes.LPM_TRIE));
        features.put("map_ringbuf", Probes.mapType(Probes.RINGBUF));
        features.put("helper_skb_pull_data", Probes.helper(Probes.SCHED_CLS, Probes.SKB_PULL_DATA));
        features.put("helper_ringbuf_reserve", Probes.helper(Probes.SCHED_CLS, Probes.RINGBUF_RESERVE));
        features.put("helper_ktime_get_coarse_ns", Probes.helper(Probes.SCHED_CLS, Probes.KTIME_GET_COARSE_NS));
        features.put("helper_get_netns_cookie", Probes.helper(Probes.CGROUP_SOCK_ADDR, Probes.GET_NETNS_COOKIE));
        features.put("mmapable_arrays", Probes.mmapableArray(Long.BYTES));
        features.put("tcx", Probes.tcx());
        features.put("cgroup_v2", text(Path.of("/proc/self/mounts"), "").contains(" cgroup2 "));
        features.put("jit", !text(JIT, "0").equals("0"));
        return features;
    }

    private static Map<String, Long> limits() {
        return Map.of(
                "table_bytes", BankSize.ofThisKernel().tableBytes(),
                "rules", (long) Structs.RULES_MAX,
                "interfaces", (long) Interfaces.BITS,
                "failsafe_networks", (long) Structs.FAILSAFE_MAX,
                "cpus", (long) Cpus.possible());
    }

    /** As build specs name it. */
    private static String architecture() {
        String name = System.getProperty("os.arch");
        return name.equals("amd64") ? "x86_64" : name;
    }

    private static String text(Path file, String otherwise) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return otherwise;
        }
    }
}
