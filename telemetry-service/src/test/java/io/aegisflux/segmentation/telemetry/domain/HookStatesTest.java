package io.aegisflux.segmentation.telemetry.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Hook;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HookStatesTest {
    @Test
    void countsTheAttachmentsOfAHookOverInterfaces() {
        assertThat(HookStates.count(Map.of(
                        "tc_ingress@eth0",
                        "tcx",
                        "tc_ingress@eth1",
                        "tcx; also cil_from_netdev (id 12) before ours",
                        "tc_ingress@eth2",
                        "clsact",
                        "connect4",
                        "cgroup")))
                .containsOnly(
                        Map.entry(Hook.TC_INGRESS, Map.of("tcx", 2, "clsact", 1)),
                        Map.entry(Hook.CONNECT4, Map.of("cgroup", 1)));
    }

    @Test
    void leavesReasonsAndUnknownWordsOut() {
        assertThat(HookStates.count(Map.of(
                        "xdp@eth0",
                        "off: EOPNOTSUPP on 192.0.2.1",
                        "xdp@eth1",
                        "off (not asked)",
                        "xdp@eth2",
                        "teleport",
                        "/etc/passwd",
                        "tcx")))
                .containsOnly(Map.entry(Hook.XDP, Map.of("off", 2, "other", 1)));
    }
}
