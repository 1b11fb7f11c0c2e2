package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.ServiceProcess;
import org.junit.jupiter.api.Test;

/** A policy of 2 MB: above the broker's own limit no service sees it, below it the service refuses it. */
class PayloadIT {
    private static final int TWO_MEGABYTES = 2 * 1024 * 1024;

    @Test
    void theBrokerItselfRefusesWhatIsAboveItsLimit() throws Exception {
        try (PolicyBench bench = PolicyBench.start()) {
            ServiceProcess service = bench.service();
            assertThatThrownBy(() -> bench.publish("huge", huge()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("payload");
            try (RawClient client = new RawClient(bench.nats.port())) {
                client.announce("segmentation.policies.huge", TWO_MEGABYTES);
                assertThat(client.line()).isEqualTo("-ERR 'Maximum Payload Violation'");
                assertThat(client.line()).as("the connection").isNull();
            }
            goesOn(bench, service);
            assertThat(bench.events(SystemEvent.POLICY_REJECTED)).isEmpty();
        }
    }

    @Test
    void theServiceRefusesItAtTheRootWhereTheBrokerTakesIt() {
        NatsServer broker = NatsServer.start(NatsBinary.find(), "127.0.0.1", NatsServer.freePort(), "max_payload: 8MB");
        try (PolicyBench bench = PolicyBench.over(broker)) {
            ServiceProcess service = bench.service();
            ApiError error = Wire.read(bench.request("huge", huge()).getData(), ApiError.class);
            assertThat(error.violations()).singleElement().satisfies(it -> {
                assertThat(it.path()).isEmpty();
                assertThat(it.reason()).contains("2097152 bytes").contains("524288");
            });
            await().atMost(PolicyBench.PATIENCE)
                    .until(() -> bench.events(SystemEvent.POLICY_REJECTED).size() == 1);
            assertThat(bench.events(SystemEvent.POLICY_REJECTED)
                            .getFirst()
                            .metadata()
                            .toString())
                    .contains("2097152 bytes");
            goesOn(bench, service);
        }
    }

    @Test
    void aDocumentThatFitsTheBrokerButNotAsAVersionIsRefusedAndHoldsNothingBack() {
        int most = 32_400;
        NatsServer broker = NatsServer.start(
                NatsBinary.find(), "127.0.0.1", NatsServer.freePort(), "max_payload: %d".formatted(most));
        try (PolicyBench bench = PolicyBench.over(broker)) {
            ServiceProcess service = bench.service();
            String texts = "\"%s\",".formatted("x".repeat(1_000)).repeat(32);
            byte[] fitting = policy("huge", "\"metadata\": {\"texts\": [%s\"\"]},".formatted(texts));
            assertThat(fitting.length).isBetween(most - 500, most);

            ApiError error = Wire.read(bench.request("huge", fitting).getData(), ApiError.class);
            assertThat(error.code()).isEqualTo(ApiError.INTERNAL);
            assertThat(error.hint()).contains("segmentation.system.policy-service");
            assertThat(bench.events(SystemEvent.POLICY_REJECTED).getFirst().message())
                    .contains("the broker takes " + most);
            goesOn(bench, service);
        }
    }

    private static void goesOn(PolicyBench bench, ServiceProcess service) {
        PolicyAccepted next =
                Wire.read(bench.request("next", policy("next", 80)).getData(), PolicyAccepted.class);
        assertThat(next.version()).isEqualTo(1);
        assertThat(bench.versions("huge")).isEmpty();
        assertThat(service.isAlive()).isTrue();
    }

    private static byte[] huge() {
        String document = new String(policy("huge", 80), UTF_8);
        return (document + " ".repeat(TWO_MEGABYTES - document.length())).getBytes(UTF_8);
    }
}
