package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.policy.domain.Documents;
import io.nats.client.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BrokerIT {
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
    void aServiceThatStartsBeforeItsBrokerWaitsForIt() {
        bench.nats.stop();
        ServiceProcess service = bench.begin(Map.of());
        await().atMost(PolicyBench.PATIENCE).until(() -> answers(service));
        assertThat(service.get("/q/health/ready")).contains("DOWN").contains("no answer from");
        assertThat(service.get("/q/health/live")).contains("UP");

        bench.nats.startAgain();
        service.awaitReady(PolicyBench.PATIENCE);
        await().atMost(PolicyBench.PATIENCE).until(bench.bus::isConnected);
        bench.report(Documents.report("host-a"));
        bench.publish("web", policy("web", 80));
        assertThat(bench.awaitTold("host-a", "web", 1).revision()).isLessThanOrEqualTo(2);
    }

    @Test
    void aBrokerThatIsKilledAndComesBackFindsTheServiceAtWork() throws Exception {
        ServiceProcess service = bench.service();
        bench.report(Documents.report("host-a"));
        bench.publish("web", policy("web", 80));
        long revision = bench.awaitTold("host-a", "web", 1).revision();

        bench.nats.kill();
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> service.get("/q/health/ready").contains("DOWN"));
        bench.nats.startAgain();
        service.awaitReady(PolicyBench.PATIENCE);
        await().atMost(PolicyBench.PATIENCE).until(bench.bus::isConnected);

        PolicyAccepted accepted =
                await().atMost(PolicyBench.PATIENCE).until(() -> asked("web", policy("web", 443)), it -> it != null);
        assertThat(accepted.version()).isEqualTo(2);
        assertThat(bench.awaitTold("host-a", "web", 2).revision()).isEqualTo(revision + 1);
        bench.report(Documents.report("host-b"));
        bench.awaitTold("host-b", "web", 2);
    }

    @Test
    void whatIsPublishedWhileNoServiceRunsIsDecidedWhenOneStarts() {
        bench.report(Documents.report("host-a"));
        bench.publish("web", policy("web", 80));
        bench.publish("web", policy("web", 443));
        bench.publish("broken", policy("broken", 70_000));
        bench.service();
        bench.awaitTold("host-a", "web", 2);
        assertThat(bench.versions("web")).hasSize(2);
        assertThat(bench.versions("broken")).isEmpty();
    }

    @Test
    void aBrokerThatIsKilledInTheMiddleOfABurstLosesNothingItHasTaken() throws Exception {
        bench.service();
        bench.report(Documents.report("host-a"));
        Thread publisher = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 300; i++) {
                bench.publish("p" + i % 6, policy("p" + i % 6, 1000 + i));
            }
        });
        bench.awaitVersion("p0", 3);
        bench.nats.kill();
        publisher.join();
        bench.nats.startAgain();
        await().atMost(PolicyBench.PATIENCE).until(bench.bus::isConnected);
        bench.publish("last", policy("last", 80));
        bench.awaitVersion("last", 1);
        bench.awaitSettled();
        for (int i = 0; i < 6; i++) {
            List<byte[]> taken = bench.all(Streams.POLICIES, Subjects.POLICIES + "p" + i).stream()
                    .map(StoredMessage::data)
                    .toList();
            bench.holdsExactly("p" + i, StreamReading.versions(taken));
        }
        bench.awaitTold("host-a", "last", 1);
    }

    /** Null while nobody listens yet. */
    private PolicyAccepted asked(String id, byte[] document) throws Exception {
        Message reply = bench.bus.connection().request("segmentation.policies." + id, document, Duration.ofSeconds(5));
        return reply == null || reply.isStatusMessage() ? null : Wire.read(reply.getData(), PolicyAccepted.class);
    }

    private static boolean answers(ServiceProcess service) {
        try {
            return service.get("/q/health/live").contains("UP");
        } catch (RuntimeException e) {
            return false;
        }
    }
}
