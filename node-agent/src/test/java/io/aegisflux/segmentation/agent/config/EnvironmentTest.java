package io.aegisflux.segmentation.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Prefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {
    @TempDir
    Path directory;

    private final Map<String, String> variables = new HashMap<>(Map.of("AGENT_INTERFACES", "eth0"));

    private AgentConfig read() {
        return new Environment(variables::get).agent();
    }

    @Test
    void hasADefaultForEverything() {
        AgentConfig config = read();
        assertThat(config.http()).isEqualTo(new HttpAddress("0.0.0.0", 8080));
        assertThat(config.pollInterval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.confirmWithin()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.metricsInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.flowInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.eventRate()).isEqualTo(1_000);
        assertThat(config.xdp()).isEqualTo(XdpMode.AUTO);
        assertThat(config.nonIp()).isEqualTo(Action.ALLOW);
        assertThat(config.posture()).isEqualTo(Action.ALLOW);
        assertThat(config.stateDir()).isEqualTo(Path.of("/var/lib/aegisflux"));
        assertThat(config.pinDir()).isEqualTo(Path.of("/sys/fs/bpf/aegisflux"));
        assertThat(config.natsUrls()).containsExactly("nats://localhost:4222");
        assertThat(config.hostId().value()).matches("[a-z0-9][a-z0-9-]{0,62}");
    }

    @Test
    void readsEveryVariable() throws IOException {
        Path key = Files.createFile(directory.resolve("policy.pub"));
        variables.putAll(Map.of(
                "AGENT_HOST_ID", "web-1",
                "AGENT_HTTP_ADDR", "[::1]:9090",
                "AGENT_POLL_INTERVAL", "1m30s",
                "AGENT_INTERFACES", "eth0, eth1",
                "AGENT_CGROUP", directory.toString(),
                "AGENT_XDP", "generic",
                "AGENT_LABELS", "role=web,zone=a",
                "AGENT_FAILSAFE", "10.0.0.0/8,fd00::/8",
                "AGENT_POSTURE", "deny",
                "AGENT_POLICY_KEYS", key + "," + key));
        variables.put("NATS_URL", "nats://a:4222,tls://b:4223");
        variables.put("AGENT_NON_IP", "deny");
        AgentConfig config = read();
        assertThat(config.hostId().value()).isEqualTo("web-1");
        assertThat(config.http()).isEqualTo(new HttpAddress("::1", 9090));
        assertThat(config.pollInterval()).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.interfaces()).containsExactly("eth0", "eth1");
        assertThat(config.cgroup()).isEqualTo(Optional.of(directory));
        assertThat(config.xdp()).isEqualTo(XdpMode.GENERIC);
        assertThat(config.nonIp()).isEqualTo(Action.DENY);
        assertThat(config.labels()).isEqualTo(Map.of("role", "web", "zone", "a"));
        assertThat(config.failsafe()).containsExactly(Prefix.parse("10.0.0.0/8"), Prefix.parse("fd00::/8"));
        assertThat(config.posture()).isEqualTo(Action.DENY);
        assertThat(config.policyKeys()).containsExactly(key, key);
        assertThat(config.natsUrls()).containsExactly("nats://a:4222", "tls://b:4223");
    }

    @ParameterizedTest
    @CsvSource({
        "AGENT_HTTP_ADDR, 8080",
        "AGENT_HTTP_ADDR, :70000",
        "AGENT_HTTP_ADDR, ::1:8080",
        "AGENT_POLL_INTERVAL, 30",
        "AGENT_POLL_INTERVAL, -30s",
        "AGENT_POLL_INTERVAL, 1ns",
        "AGENT_POLL_INTERVAL, 30s5",
        "AGENT_CONFIRM_WITHIN, 1s",
        "AGENT_METRICS_INTERVAL, soon",
        "AGENT_FLOW_INTERVAL, 50ms",
        "AGENT_EVENT_RATE, -1",
        "AGENT_EVENT_RATE, 1000001",
        "AGENT_EVENT_RATE, many",
        "AGENT_HOST_ID, web.1",
        "AGENT_HOST_ID, web*",
        "AGENT_XDP, fast",
        "AGENT_NON_IP, log",
        "AGENT_POSTURE, log",
        "AGENT_LABELS, role",
        "AGENT_LABELS, host.name=db",
        "AGENT_LABELS, host.rack=7",
        "AGENT_LABELS, my role=db",
        "AGENT_ADDRESSES, all",
        "AGENT_ADDRESSES, 10.0.0.1/8",
        "AGENT_FAILSAFE, 10.0.0.1/8",
        "AGENT_FAILSAFE, example.com",
        "AGENT_STATE_DIR, var/lib",
        "AGENT_INTERFACES, eth0/1",
        "NATS_URL, nats://",
    })
    void refusesAValueThatCannotBeMeantInOneLineWithVariableValueAndRemedy(String variable, String value) {
        variables.put(variable, value);
        assertThatThrownBy(this::read)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith(variable + " is \"")
                .message()
                .doesNotContain("\n")
                .contains("\": ");
    }

    @Test
    void isKnownByTheAddressesOfItsInterfacesUnlessOthersAreNamed() {
        assertThat(read().addresses()).isEmpty();
        variables.put("AGENT_ADDRESSES", "none");
        assertThat(read().addresses()).contains(List.of());
        variables.put("AGENT_ADDRESSES", "10.0.0.0/8,fd00::7");
        assertThat(read().addresses()).contains(List.of(Prefix.parse("10.0.0.0/8"), Prefix.parse("fd00::7")));
    }

    @Test
    void saysOfAReservedLabelThatItIsTheAgentsOwn() {
        variables.put("AGENT_LABELS", "role=db,host.id=other");
        assertThatThrownBy(this::read)
                .hasMessage(
                        "AGENT_LABELS is \"host.id=other\": keys that begin with host. are the agent's own; choose another");
    }

    @Test
    void refusesToRunWithoutAnInterface() {
        AgentConfig config = read();
        AgentConfig without = new AgentConfig(
                config.hostId(),
                config.http(),
                config.pollInterval(),
                config.confirmWithin(),
                config.metricsInterval(),
                config.flowInterval(),
                config.eventRate(),
                List.of(),
                config.cgroup(),
                config.xdp(),
                config.nonIp(),
                config.stateDir(),
                config.pinDir(),
                config.labels(),
                config.addresses(),
                config.workloads(),
                config.failsafe(),
                config.posture(),
                config.policyKeys(),
                config.artifactKeys(),
                config.natsUrls());
        assertThatThrownBy(without::requireRunnable).hasMessageContaining("AGENT_INTERFACES is not set");
    }

    @Test
    void refusesToRunWithoutAKeyToTrust() {
        assertThatThrownBy(() -> read().requireRunnable()).hasMessageContaining("AGENT_POLICY_KEYS is not set");
    }

    @ParameterizedTest
    @CsvSource({"AGENT_CGROUP, /no/such/dir", "AGENT_WORKLOADS, /no/such/file", "AGENT_POLICY_KEYS, /no/such/key.pub"})
    void refusesToRunWithoutAFileThatIsNamedButPurgeNeedsNone(String variable, String value) {
        variables.put("AGENT_INTERFACES", "eth0");
        variables.put(variable, value);
        AgentConfig config = read();
        assertThatThrownBy(config::requireRunnable)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("%s is \"%s\": no such file, or not readable by this user", variable, value);
    }

    @Test
    void refusesMoreInterfacesThanARuleCanTellApart() {
        variables.put(
                "AGENT_INTERFACES",
                IntStream.range(0, 64).mapToObj(each -> "eth" + each).collect(Collectors.joining(",")));
        assertThatThrownBy(this::read)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageEndingWith("64 are named, at most 63 can be");
    }

    @Test
    void refusesAKeyFileThatHoldsNoKey() throws IOException {
        Path file = Files.writeString(directory.resolve("x.pub"), "not a key");
        assertThatThrownBy(() -> Environment.verifier("AGENT_POLICY_KEYS", List.of(file)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("AGENT_POLICY_KEYS")
                .hasMessageContaining("PEM");
    }

    @ParameterizedTest
    @CsvSource({"Web-1.example.com, web-1-example-com", "_node_, node-", "---x, x"})
    void makesAHostIdOfAnyHostName(String name, String id) {
        assertThat(Environment.fromHostName(name).value()).isEqualTo(id);
    }

    @Test
    void cutsAHostNameThatIsTooLong() {
        assertThat(Environment.fromHostName("a".repeat(100)).value()).hasSize(63);
    }

    @ParameterizedTest
    @CsvSource({
        "30s, PT30S",
        "1m30s, PT1M30S",
        "1.5h, PT1H30M",
        "250ms, PT0.25S",
        "2h45m10.5s, PT2H45M10.5S",
        "7us, PT0.000007S"
    })
    void readsDurationsAsGoWritesThem(String text, String iso) {
        assertThat(GoDuration.parse(text)).isEqualTo(Duration.parse(iso));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "5 s", "5s ", "1e3s", "999999999h999999999h"})
    void refusesWhatGoWouldRefuse(String text) {
        assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void takesTheInterfaceOfTheUsableDefaultRouteWithTheLowestMetric() {
        assertThat(DefaultRoute.ofIpv4(List.of(
                        "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT",
                        "eth0 0000A8C0 00000000 0001 0 0 0 00FFFFFF 0 0 0",
                        "wlan0 00000000 0101A8C0 0003 0 0 600 00000000 0 0 0",
                        "eth1 00000000 0101A8C0 0003 0 0 100 00000000 0 0 0",
                        "dead0 00000000 0101A8C0 0000 0 0 1 00000000 0 0 0")))
                .contains("eth1");
    }

    @Test
    void takesAnIpv6DefaultRouteThatDoesNotReject() {
        String zero = "0".repeat(32);
        assertThat(DefaultRoute.ofIpv6(List.of(
                        zero + " 00 " + zero + " 00 " + zero + " ffffffff 00000001 00000000 00200200 lo",
                        zero + " 00 " + zero
                                + " 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth6")))
                .contains("eth6");
    }

    @Test
    void findsWhereCgroupV2IsMounted() {
        assertThat(CgroupMount.in(List.of(
                        "cgroup /sys/fs/cgroup/cpu cgroup rw 0 0",
                        "cgroup2 /sys/fs/cgroup\\040two cgroup2 rw,nosuid 0 0")))
                .contains(Path.of("/sys/fs/cgroup two"));
    }
}
