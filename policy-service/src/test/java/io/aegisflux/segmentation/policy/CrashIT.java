package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.policy.domain.Documents;
import io.nats.client.ConsumerContext;
import io.nats.client.FetchConsumer;
import io.nats.client.Message;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** kill -9 between any two steps: no publish is lost, none makes two versions. */
class CrashIT {
    private static final List<String> POLICIES = List.of("one", "two", "three", "four");

    private PolicyBench bench;

    @BeforeEach
    void start() {
        bench = PolicyBench.start();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void aVersionThatWasStoredBeforeTheCrashIsNotStoredAgain() {
        bench.publish("web", policy("web", 80));
        await().until(() -> publishes("web").size() == 1);
        storeAsTheInstanceThatCrashed("web", policy("web", 80), 1);

        bench.service();
        bench.awaitSettled();
        assertThat(bench.versions("web")).hasSize(1);
        bench.publish("web", policy("web", 443));
        assertThat(bench.awaitVersion("web", 2).digest()).isEqualTo(Digests.sha256Hex(policy("web", 443)));
    }

    @Test
    void anAskingPublisherLearnsTheVersionThatAnInstanceStoredBeforeItCrashed() throws Exception {
        Message held = holdAPublish();
        bench.service();
        CompletableFuture<Message> answer =
                bench.bus.connection().request(Subjects.POLICIES + "web", policy("web", 80));
        await().atMost(PolicyBench.PATIENCE).until(() -> publishes("web").size() == 1);
        assertThat(answer).isNotDone();

        storeAsTheInstanceThatCrashed(
                "web", policy("web", 80), publishes("web").getFirst().sequence());

        PolicyAccepted accepted = Wire.read(answer.get(10, TimeUnit.SECONDS).getData(), PolicyAccepted.class);
        assertThat(accepted.version()).isEqualTo(1);
        held.ack();
        bench.awaitSettled();
        assertThat(bench.versions("web")).hasSize(1);
        assertThat(bench.versions("held")).isEmpty();
    }

    @Test
    void duplicatesShuffledAndKillsAtAnyPointComeToWhatTheOrderOfPublishesSays() throws Exception {
        Random random = new Random(20261125);
        List<CapabilityReport> hosts = List.of(Documents.report("host-a"), Documents.report("host-b"));
        hosts.forEach(bench::report);
        ServiceProcess service = bench.service();

        List<Publication> publishes = shuffled(random);
        Thread publisher = Thread.ofVirtual().start(() -> publish(publishes));
        for (int kill = 0; kill < 4; kill++) {
            long enough = stored() + 5 + random.nextInt(150);
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> stored() >= enough || !publisher.isAlive());
            service.kill();
            service = bench.begin(Map.of());
        }
        publisher.join();
        service.awaitReady(PolicyBench.PATIENCE);
        bench.awaitSettled();

        List<StoredPolicy> latest = new ArrayList<>();
        for (String id : POLICIES) {
            List<byte[]> bodies = publishes.stream()
                    .filter(it -> it.policy().equals(id))
                    .map(Publication::body)
                    .toList();
            latest.add(bench.holdsExactly(id, StreamReading.versions(bodies)));
        }
        for (CapabilityReport host : hosts) {
            String digest = Digests.sha256Hex(Wire.write(bench.lowered(host, latest, hosts)));
            bench.awaitDesired(
                    host.hostId().value(), state -> state.tableDigest().equals(digest));
        }
    }

    @Test
    void aRestartChangesNothingThatHostsWereTold() {
        bench.report(Documents.report("host-a"));
        ServiceProcess service = bench.service();
        bench.publish("web", policy("web", 80));
        long sequence = bench.awaitTold("host-a", "web", 1).revision();
        service.kill();

        ServiceProcess second = bench.service();
        bench.publish("web", policy("web", 80));
        bench.awaitSettled();
        assertThat(bench.desired("host-a").orElseThrow().revision()).isEqualTo(sequence);
        second.close();
        bench.publish("web", policy("web", 443));
        bench.service();
        assertThat(bench.awaitTold("host-a", "web", 2).revision()).isEqualTo(sequence + 1);
    }

    private record Publication(String policy, byte[] body) {}

    /** Three documents of each policy, each a hundred times, and some deletions, in an order that the seed tells. */
    private static List<Publication> shuffled(Random random) {
        List<Publication> publishes = new ArrayList<>();
        for (String id : POLICIES) {
            for (int i = 0; i < 100; i++) {
                publishes.add(new Publication(id, policy(id, 80)));
                publishes.add(new Publication(id, policy(id, 81)));
                publishes.add(new Publication(id, policy(id, 82)));
                if (i % 10 == 0) {
                    publishes.add(new Publication(id, new byte[0]));
                }
            }
        }
        Collections.shuffle(publishes, random);
        return publishes;
    }

    /** On one connection, so in this order; the stream keeps 64 of a policy, so never more than that ahead. */
    private void publish(List<Publication> publishes) {
        for (int i = 0; i < publishes.size(); i++) {
            // With a header a deletion counts, though the one who heard it be killed.
            bench.bus
                    .connection()
                    .publish(
                            Subjects.POLICIES + publishes.get(i).policy(),
                            new Headers().add(PublishHeaders.AUTHOR, "ann"),
                            publishes.get(i).body());
            if (i % 20 == 0) {
                await().atMost(Duration.ofSeconds(60)).until(() -> bench.unsettled() < 40);
            }
        }
    }

    private long stored() {
        try {
            return bench.bus
                    .connection()
                    .jetStreamManagement()
                    .getStreamInfo(Streams.POLICY_STORE)
                    .getStreamState()
                    .getMsgCount();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private List<StoredMessage> publishes(String id) {
        return bench.all(Streams.POLICIES, Subjects.POLICIES + id);
    }

    /** Takes a publish from the shared consumer and keeps it, as an instance does that is about to crash. */
    private Message holdAPublish() throws Exception {
        bench.publish("held", new byte[0]);
        ConsumerContext consumer = bench.bus
                .connection()
                .getStreamContext(Streams.POLICIES)
                .createOrUpdateConsumer(ConsumerConfiguration.builder()
                        .durable("policy-service-policies")
                        .filterSubjects(Subjects.each(Subjects.POLICIES))
                        .ackPolicy(AckPolicy.Explicit)
                        .ackWait(Duration.ofSeconds(30))
                        .maxAckPending(1)
                        .build());
        try (FetchConsumer fetch = consumer.fetchMessages(1)) {
            Message message = fetch.nextMessage();
            assertThat(message.getSubject()).isEqualTo(Subjects.POLICIES + "held");
            return message;
        }
    }

    private void storeAsTheInstanceThatCrashed(String id, byte[] document, long sequence) {
        StoredPolicy version = Documents.stored(id, 1, document, sequence, Instant.now());
        bench.bus.publish(Subjects.policyStore(new PolicyId(id)), Wire.write(version), null);
    }
}
