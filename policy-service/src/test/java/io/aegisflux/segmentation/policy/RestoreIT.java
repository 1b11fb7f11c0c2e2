package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.Directories;
import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.policy.domain.Documents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams restored from an old backup, or written by another release: hosts keep what they have until a person looked. */
class RestoreIT {
    @TempDir
    Path temporary;

    private Path store;
    private PolicyBench bench;

    @BeforeEach
    void start() {
        Path broker = temporary.resolve("broker");
        store = broker.resolve("store");
        bench = PolicyBench.over(NatsServer.start(NatsBinary.find(), "127.0.0.1", NatsServer.freePort(), "", broker));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void aBackupOlderThanWhatAHostEnforcesIsReportedAndARaisedEpochIsTold() throws Exception {
        ServiceProcess service = bench.service();
        bench.report(Documents.report("host-a"));
        bench.publish("web", policy("web", 80));
        bench.awaitTold("host-a", "web", 1);
        backUp(store);
        bench.publish("web", policy("web", 443));
        DesiredState enforced = bench.awaitTold("host-a", "web", 2);
        measure("host-a", enforced.epoch(), enforced.revision());
        await().during(Duration.ofSeconds(1))
                .until(() -> bench.events(SystemEvent.ERROR).isEmpty());

        service.close();
        restore(store);
        service = bench.service();
        DesiredState older = bench.awaitTold("host-a", "web", 1);
        assertThat(older.revision()).isLessThan(enforced.revision());
        measure("host-a", enforced.epoch(), enforced.revision());
        SystemEvent event = error();
        assertThat(event.message())
                .contains("host-a enforces epoch 1 revision " + enforced.revision())
                .contains("POLICY_EPOCH=2");
        measure("host-a", enforced.epoch(), enforced.revision());

        service.close();
        bench.service(Map.of("POLICY_EPOCH", "2"));
        DesiredState raised = bench.awaitDesired("host-a", state -> state.epoch() == 2);
        assertThat(raised.table()).isEqualTo(older.table());
        assertThat(bench.events(SystemEvent.ERROR)).hasSize(1);
    }

    @Test
    void aPolicyStoreOlderThanWhatHostsWereToldTellsThemNothingUntilTheEpochIsRaised() throws Exception {
        ServiceProcess service = bench.service();
        bench.report(Documents.report("host-a"));
        bench.publish("web", policy("web", 80));
        bench.awaitTold("host-a", "web", 1);
        Path policyStore = streamDirectory("SEGMENTATION_POLICY_STORE");
        backUp(policyStore);
        bench.publish("web", policy("web", 443));
        DesiredState told = bench.awaitTold("host-a", "web", 2);

        service.close();
        restore(policyStore);
        service = bench.service();
        assertThat(error().message()).contains("SEGMENTATION_POLICY_STORE").contains("POLICY_EPOCH=2");
        assertThat(bench.desired("host-a")).contains(told);

        service.close();
        bench.service(Map.of("POLICY_EPOCH", "2"));
        DesiredState raised = bench.awaitDesired("host-a", state -> state.epoch() == 2);
        assertThat(raised.table().policies().getFirst().version()).isEqualTo(1);
    }

    @Test
    void anEpochThatWasRaisedOnceStaysAlsoWhereTheSettingIsForgotten() {
        bench.report(Documents.report("host-a"));
        ServiceProcess service = bench.service(Map.of("POLICY_EPOCH", "3"));
        bench.awaitDesired("host-a", state -> state.epoch() == 3);
        service.close();
        bench.service();
        bench.publish("web", policy("web", 80));
        assertThat(bench.awaitTold("host-a", "web", 1).epoch()).isEqualTo(3);
    }

    @Test
    void whileAStoredPolicyCannotBeReadHostsKeepWhatTheyHave() {
        ServiceProcess service = bench.service();
        bench.report(Documents.report("host-a"));
        bench.publish("web", policy("web", 80));
        DesiredState told = bench.awaitTold("host-a", "web", 1);
        service.close();
        StoredPolicy ofAnotherRelease =
                Documents.stored("other", 1, policy("other", "\"of_another_release\": true,"), 1, Instant.now());
        bench.bus.publish(Subjects.policyStore(new PolicyId("other")), Wire.write(ofAnotherRelease), null);

        ServiceProcess next = bench.begin(Map.of());
        SystemEvent event = error();
        assertThat(event.message()).contains("version 1 of other").contains("/of_another_release");
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> next.get("/q/health/ready").contains("other version 1"));
        bench.request("web", policy("web", 443));
        await().during(Duration.ofSeconds(1))
                .until(() -> bench.desired("host-a").orElseThrow().equals(told));

        bench.request("other", new byte[0]);
        bench.awaitTold("host-a", "web", 2);
        next.awaitReady(PolicyBench.PATIENCE);
    }

    private SystemEvent error() {
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> !bench.events(SystemEvent.ERROR).isEmpty());
        return bench.events(SystemEvent.ERROR).getFirst();
    }

    private void measure(String host, long epoch, long revision) {
        MetricsReport report = new MetricsReport(
                new HostId(host),
                0,
                0,
                0,
                0,
                0,
                1,
                0,
                epoch,
                revision,
                1,
                0,
                1,
                10,
                List.of(),
                Map.of(),
                List.of(),
                List.of(),
                Instant.now());
        // measurements live in the broker's memory: after its restart a service makes their stream anew first
        await().atMost(PolicyBench.PATIENCE)
                .ignoreExceptionsInstanceOf(BusException.class)
                .until(() -> bench.bus.publish(Subjects.metrics(new HostId(host)), Wire.write(report), null) != null);
    }

    private void backUp(Path directory) throws IOException {
        bench.nats.stop();
        copy(directory, temporary.resolve("backup"));
        bench.nats.startAgain();
        await().atMost(PolicyBench.PATIENCE).until(bench.bus::isConnected);
    }

    private void restore(Path directory) throws IOException {
        bench.nats.stop();
        Directories.delete(directory);
        copy(temporary.resolve("backup"), directory);
        bench.nats.startAgain();
        await().atMost(PolicyBench.PATIENCE).until(bench.bus::isConnected);
    }

    private Path streamDirectory(String stream) throws IOException {
        try (Stream<Path> paths = Files.walk(store)) {
            return paths.filter(path -> path.endsWith(Path.of("streams", stream)))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        }
    }
}
