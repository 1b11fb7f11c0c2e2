package io.aegisflux.segmentation.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.cli.doctor.BrokerChecks;
import io.aegisflux.segmentation.contracts.BuilderApi;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.Heartbeat;
import io.aegisflux.segmentation.nats.NatsSettings;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.nats.client.api.StreamConfiguration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The doctor on streams as services make them, and on hosts that are well and ill. */
class DoctorIT {
    private static final HostId WELL = new HostId("host-a");
    private static final HostId ILL = new HostId("host-b");
    private static final HostId MUTE = new HostId("host-c");

    private final List<AutoCloseable> closing = new ArrayList<>();
    private NatsServer server;
    private Bus bus;

    @BeforeEach
    void start() {
        server = NatsServer.start();
        bus = Bus.connect(NatsSettings.of(server.url(), "doctor-it"));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : closing.reversed()) {
            each.close();
        }
        bus.close();
        server.close();
    }

    @Test
    void findsNothingWhereAllIsWell() throws Exception {
        BrokerChecks.streams().keySet().forEach(stream -> StreamCatalog.ensure(bus, stream));
        String version =
                Run.against(server.url()).segctl("--version").out().strip().replace("segctl ", "");
        services(version, ready(true, List.of()), List.of(WELL));
        report(capabilities(WELL, true, Map.of("xdp", "off: no driver", "tc_ingress", "tcx")));
        bus.publish(Subjects.metrics(WELL), Wire.write(metrics(WELL, 42, 0, 40)), null);

        Run run = doctor();

        Golden.assertMatches("doctor-well.txt", run.out());
        assertThat(run.exit()).isZero();
    }

    @Test
    void namesEachIllnessWithItsCodeAndRemedy() throws Exception {
        BrokerChecks.streams().keySet().stream()
                .filter(stream -> !stream.equals(Streams.BUILD_RESULTS))
                .forEach(stream -> StreamCatalog.ensure(bus, stream));
        services("0.0.1", ready(false, List.of("clang is missing: install clang")), List.of(ILL, MUTE));
        report(capabilities(ILL, false, Map.of("tc_ingress", "off: no tcx, no clsact", "connect4", "cgroup")));
        bus.publish(Subjects.metrics(ILL), Wire.write(metrics(ILL, 41, 7, 91)), null);
        bus.publish(
                Subjects.policyUpdates(ILL),
                Wire.write(new PolicyUpdate(
                        ILL,
                        new PolicyId("huge"),
                        "created",
                        "network",
                        1L,
                        42,
                        Instant.now(),
                        Map.of("result", "refused", "reason", "the table \u001b[31mis not taken"))),
                null);

        Run run = doctor();
        Golden.assertMatches("doctor-ill.txt", run.out());
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.out()).doesNotContain("\u001b");

        Run json = doctor("--host", "host-b", "-o", "json");
        Golden.assertMatches("doctor-ill.json", json.out());
        assertThat(json.exit()).isEqualTo(3);
    }

    @Test
    void aStreamThatOthersMadeUnderTheNameIsAProblem() throws Exception {
        BrokerChecks.streams().keySet().forEach(stream -> StreamCatalog.ensure(bus, stream));
        var management = bus.connection().jetStreamManagement();
        management.deleteStream(Streams.EVENTS);
        management.addStream(StreamConfiguration.builder()
                .name(Streams.EVENTS)
                .subjects("mine.>")
                .build());

        assertThat(doctor().out()).contains("SEGMENTATION_EVENTS takes [mine.>], not [segmentation.events.*]");
    }

    @Test
    void noBrokerAndNoServiceAreProblemsAndNotErrors() {
        Run alone = doctor();
        assertThat(alone.exit()).isEqualTo(3);
        assertThat(alone.out())
                .contains("✖ AF-201  policy-service answers  nobody listens on segmentation.api.policy.hosts")
                .contains("SEGMENTATION_POLICY_STORE is missing");

        Run without = Run.against("nats://127.0.0.1:" + NatsServer.freePort()).segctl("doctor");
        assertThat(without.exit()).isEqualTo(3);
        assertThat(without.out()).contains("✖ AF-101").contains("1 problems");
    }

    private Run doctor(String... arguments) {
        List<String> all = new ArrayList<>(List.of("doctor"));
        all.addAll(List.of(arguments));
        return Run.against(server.url()).realClock().segctl(all.toArray(String[]::new));
    }

    private void services(String version, BuilderApi.StatusReply builder, List<HostId> hosts) {
        answer(
                Subjects.api(PolicyApi.SERVICE, PolicyApi.HOSTS),
                Wire.write(new PolicyApi.HostsReply(hosts.stream()
                        .map(host -> new PolicyApi.HostSummary(host, 1, 42, Map.of(), List.of(), Instant.now()))
                        .toList())));
        answer(Subjects.api(BuilderApi.SERVICE, BuilderApi.STATUS), Wire.write(builder));
        answer("segmentation.api.telemetry.summary", Examples.read("telemetry-summary"));
        for (String service : List.of("policy-service", "builder-service", "telemetry-service")) {
            Bus its = Bus.connect(NatsSettings.of(server.url(), service));
            closing.add(its);
            await().until(its::isConnected); // the first beat is left out before, the second comes after 30 s
            closing.add(Heartbeat.start(its, version, Map::of));
        }
        await().until(() -> bus.connection()
                        .jetStreamManagement()
                        .getStreamInfo(Streams.SYSTEM)
                        .getStreamState()
                        .getMsgCount()
                >= 3);
    }

    private void answer(String subject, byte[] reply) {
        bus.connection()
                .createDispatcher(message -> bus.connection().publish(message.getReplyTo(), reply))
                .subscribe(subject);
    }

    private void report(CapabilityReport report) {
        bus.publish(Subjects.host(report.hostId()), Wire.write(report), null);
    }

    private static BuilderApi.StatusReply ready(boolean ready, List<String> problems) {
        return new BuilderApi.StatusReply(ready, problems, List.of(), "none", false, "off", null, List.of());
    }

    private static CapabilityReport capabilities(HostId host, boolean btf, Map<String, String> hooks) {
        return new CapabilityReport(
                host,
                "x86_64",
                "6.1.0",
                btf,
                Map.of(),
                hooks,
                Map.of(),
                Map.of(),
                List.of(),
                List.of(),
                null,
                Instant.now());
    }

    private static MetricsReport metrics(HostId host, long revision, long lost, long percent) {
        return new MetricsReport(
                host,
                1000,
                990,
                10,
                2,
                3,
                2,
                0,
                1,
                revision,
                7,
                lost,
                percent,
                100,
                List.of(),
                Map.of(),
                List.of(),
                List.of(new MetricsReport.MapUse("flows4", percent * 1000, 100_000)),
                Instant.now());
    }
}
