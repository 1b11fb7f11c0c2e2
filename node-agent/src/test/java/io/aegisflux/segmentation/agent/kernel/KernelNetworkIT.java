package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.agent.domain.HostNetwork;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * By which addresses a host is known. IPv4 alone: the JDK reads those of IPv6 from /proc/net, which shows a thread in a
 * namespace of its own the process' one; those are seen in e2e, where agents are processes.
 */
@NeedsKernel
class KernelNetworkIT {
    private TwoHosts hosts;

    @BeforeEach
    void make() {
        hosts = new TwoHosts();
        hosts.ipOfHost("link", "add", "docker0", "type", "bridge");
        hosts.ipOfHost("addr", "add", "172.17.0.1/16", "dev", "docker0");
        hosts.ipOfHost("addr", "add", "198.18.61.9/32", "dev", "lo");
    }

    @AfterEach
    void remove() {
        hosts.close();
    }

    @Test
    void isKnownByTheAddressesOfTheInterfacesItEnforcesOnAlone() {
        hosts.ipOfHost("addr", "add", "169.254.7.7/16", "dev", "eth0");
        assertThat(look(List.of("eth0", "eth9"), Optional.empty()))
                .isEqualTo(new HostNetwork.Seen(List.of("eth0"), List.of(TwoHosts.HOST4)));
    }

    @Test
    void followsAddressesAndInterfacesAsTheyComeAndGo() {
        hosts.ipOfHost("addr", "add", "198.18.60.7/24", "dev", "eth0");
        assertThat(look(List.of("eth0"), Optional.empty()).addresses()).containsExactly(TwoHosts.HOST4, "198.18.60.7");
        hosts.cut();
        assertThat(look(List.of("eth0"), Optional.empty())).isEqualTo(HostNetwork.Seen.NOTHING);
    }

    @Test
    void isKnownByTheNetworksThatAreNamedOnWhicheverInterface() {
        Optional<List<Prefix>> chosen = Optional.of(
                List.of(Prefix.parse("198.18.61.0/24"), Prefix.parse("172.16.0.0/12"), Prefix.parse("127.0.0.0/8")));
        assertThat(look(List.of("eth0"), chosen).addresses()).containsExactly("172.17.0.1", "198.18.61.9");
        assertThat(look(List.of("eth0"), Optional.of(List.of())).addresses()).isEmpty();
    }

    private HostNetwork.Seen look(List<String> interfaces, Optional<List<Prefix>> chosen) {
        return hosts.host().call(() -> {
            HostNetwork.Seen seen = new KernelNetwork(interfaces, chosen).look();
            return new HostNetwork.Seen(
                    seen.interfaces(),
                    seen.addresses().stream().filter(it -> it.indexOf(':') < 0).toList());
        });
    }
}
