package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.policy.domain.Documents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TwoInstancesIT {
    private static final int POLICIES = 20;
    private static final int PUBLISHES = 200;

    private final List<CapabilityReport> hosts = List.of(
            Documents.report("host-a", Map.of(), List.of(new Workload("w", Map.of("app", "w"), List.of("10.0.0.1")))),
            Documents.report("host-b"),
            Documents.report("host-c"));
    private PolicyBench bench;
    private ServiceProcess first;

    @BeforeEach
    void start() {
        bench = PolicyBench.start();
        first = bench.begin(Map.of());
        bench.service();
        first.awaitReady(PolicyBench.PATIENCE);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void concurrentPublishesMakeEachVersionOnceAndHostsConverge() throws InterruptedException {
        hosts.forEach(bench::report);
        publishConcurrently();
        everythingConverges();
        instancesAgree();
    }

    @Test
    void oneInstanceCarriesOnWhereTheOtherIsKilledInTheMiddle() throws InterruptedException {
        hosts.forEach(bench::report);
        Thread publishing = Thread.ofVirtual().start(() -> {
            try {
                publishConcurrently();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().atMost(PolicyBench.PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> bench.bus
                        .last(Streams.POLICY_STORE, Subjects.POLICY_STORE + "p3")
                        .isPresent());
        first.kill();
        publishing.join();
        everythingConverges();
    }

    @Test
    void instancesDoNotOverwriteEachOthersWordsWithoutCause() {
        hosts.forEach(bench::report);
        bench.publish("web", policy("web", 80));
        hosts.forEach(host -> bench.awaitTold(host.hostId().value(), "web", 1)); // one is told before the others
        List<Long> revisions = revisions();
        await().during(Duration.ofSeconds(2)).until(() -> revisions().equals(revisions));
        assertThat(bench.events(SystemEvent.MESSAGE_REJECTED)).isEmpty();
        assertThat(bench.events(SystemEvent.ERROR)).isEmpty();
    }

    /** Ten publishers, each on one policy of its own and one that it shares with another. */
    private void publishConcurrently() throws InterruptedException {
        List<Thread> publishers = IntStream.range(0, 10)
                .mapToObj(publisher -> Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < PUBLISHES / 10; i++) {
                        String id = "p" + (publisher + i) % POLICIES;
                        bench.publish(id, policy(id, 1000 + 100 * publisher + i));
                    }
                }))
                .toList();
        for (Thread publisher : publishers) {
            publisher.join();
        }
        await().atMost(PolicyBench.PATIENCE).until(() -> taken() == PUBLISHES);
    }

    private void everythingConverges() {
        bench.awaitSettled();
        List<StoredPolicy> latest = new ArrayList<>();
        for (int i = 0; i < POLICIES; i++) {
            String id = "p" + i;
            List<byte[]> publishes = bench.all(Streams.POLICIES, Subjects.POLICIES + id).stream()
                    .map(StoredMessage::data)
                    .toList();
            assertThat(publishes).isNotEmpty();
            latest.add(bench.holdsExactly(id, StreamReading.versions(publishes)));
        }
        for (CapabilityReport host : hosts) {
            String digest = Digests.sha256Hex(Wire.write(bench.lowered(host, latest, hosts)));
            bench.awaitDesired(
                    host.hostId().value(), state -> state.tableDigest().equals(digest));
        }
    }

    /** Either may answer a request; what they say of revisions is what the hosts were told, by whichever. */
    private void instancesAgree() {
        List<Long> told = revisions();
        await().atMost(PolicyBench.PATIENCE).untilAsserted(() -> {
            Set<List<Long>> answers = new HashSet<>();
            for (int i = 0; i < 30; i++) {
                PolicyApi.HostsReply reply = Wire.read(
                        bench.bus
                                .request(Subjects.api(PolicyApi.SERVICE, PolicyApi.HOSTS), new byte[0])
                                .getData(),
                        PolicyApi.HostsReply.class);
                answers.add(reply.hosts().stream()
                        .map(PolicyApi.HostSummary::desiredRevision)
                        .toList());
            }
            assertThat(answers).containsExactly(told);
        });
    }

    private List<Long> revisions() {
        return hosts.stream()
                .map(host -> bench.desired(host.hostId().value()))
                .map(state -> state.map(DesiredState::revision).orElse(0L))
                .toList();
    }

    private long taken() throws Exception {
        return bench.bus
                .connection()
                .jetStreamManagement()
                .getStreamInfo(Streams.POLICIES)
                .getStreamState()
                .getMsgCount();
    }
}
