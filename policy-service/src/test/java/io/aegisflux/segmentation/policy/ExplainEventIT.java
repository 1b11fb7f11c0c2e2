package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.EventId;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyExplanation;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.policy.domain.Documents;
import io.nats.client.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Events out of the stream, explained. */
class ExplainEventIT {
    private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static PolicyBench bench;

    @BeforeAll
    static void start() {
        bench = PolicyBench.start();
        bench.service();
        bench.report(Documents.report("host-b"));
        bench.publish("web", policy("web", 80));
        bench.awaitVersion("web", 1);
        bench.publish("web", policy("web", 443));
        bench.awaitVersion("web", 2);
        bench.awaitTold("host-b", "web", 2);
        assertThat(refusal(new PolicyApi.ExplainRequest(id(Instant.now(), 'A'))).message())
                .as("a broker that never saw an event")
                .endsWith("the stream holds none at all");
        StreamCatalog.ensure(bench.bus, Streams.EVENTS);
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    @Test
    void findsAnEventAmongOthersAndSaysWhatDecidedThenAndWhatWouldNow() {
        Instant then = Instant.now();
        EventId wanted = id(then, 'W');
        for (int i = 0; i < 50; i++) {
            record("host-a", id(then, DIGITS.charAt(i % 20)), 1);
        }
        record("host-b", wanted, 1);
        record("host-b", id(then, 'X'), 1);

        PolicyExplanation explained = explain(new PolicyApi.ExplainRequest(wanted));

        assertThat(explained.recorded().event().id()).isEqualTo(wanted.value());
        assertThat(explained.recorded().event().hostId()).isEqualTo(new HostId("host-b"));
        assertThat(explained.decision().policyVersion()).isEqualTo(2);
        assertThat(explained.recorded().difference())
                .isEqualTo("decided by web@v1/default-action then (dropped, DEFAULT_DENY), by web@v2/default-action now"
                        + " (dropped, DEFAULT_DENY)");
        assertThat(explain(new PolicyApi.ExplainRequest(new HostId("host-b"), null, wanted)))
                .as("named with its host")
                .isEqualTo(explained);
    }

    @Test
    void findsAnEventThatWasStoredLateWhenItsHostIsNamed() {
        EventId late = id(Instant.now().minus(Duration.ofMinutes(30)), 'K');
        record("host-b", late, 2);

        assertThat(refusal(new PolicyApi.ExplainRequest(late))).satisfies(error -> {
            assertThat(error.code()).isEqualTo(ApiError.NOT_FOUND);
            assertThat(error.hint()).contains("name its host");
        });
        assertThat(explain(new PolicyApi.ExplainRequest(new HostId("host-b"), null, late))
                        .recorded()
                        .difference())
                .isNull();
    }

    @Test
    void refusesWhatItDoesNotFindWithTheReason() {
        Instant now = Instant.now();
        EventId any = id(now, 'P');
        record("host-b", any, 1);

        ApiError old = refusal(new PolicyApi.ExplainRequest(id(now.minus(Duration.ofHours(25)), 'Q')));
        assertThat(old.code()).isEqualTo(ApiError.NOT_FOUND);
        assertThat(old.message()).contains("is not held any more: the stream begins at");
        assertThat(old.hint()).contains("it keeps 24 hours");

        ApiError future = refusal(new PolicyApi.ExplainRequest(id(now.plus(Duration.ofHours(1)), 'Q')));
        assertThat(future.message()).contains("is yet to come");

        ApiError unknown = refusal(new PolicyApi.ExplainRequest(id(Instant.now(), 'R')));
        assertThat(unknown.message()).matches("none of the \\d+ events that were stored from .* on has the id .*R");
        assertThat(unknown.hint()).contains("name the host");

        ApiError elsewhere = refusal(new PolicyApi.ExplainRequest(new HostId("host-z"), null, any));
        assertThat(elsewhere.message()).contains("none of the 0 events of host host-z");
    }

    @Test
    void trustsNoEventThatSpeaksForAnotherHost() {
        EventId forged = id(Instant.now(), 'F');
        bench.bus.publish(Subjects.EVENTS + "host-a", Wire.write(event("host-b", forged, 1)), null);
        bench.bus.publish(Subjects.EVENTS + "host-a", ("{\"id\": \"" + forged + "\"}").getBytes(UTF_8), null);

        assertThat(refusal(new PolicyApi.ExplainRequest(forged)).code()).isEqualTo(ApiError.NOT_FOUND);
    }

    @Test
    void refusesTheEventOfAHostThatNeverReported() {
        EventId id = id(Instant.now(), 'N');
        record("host-n", id, 1);
        assertThat(refusal(new PolicyApi.ExplainRequest(id)).message()).isEqualTo("no host host-n has reported");
    }

    @Test
    void refusesRequestsThatNameNoEventOrTwoThings() {
        for (String[] each : new String[][] {
            {"{\"event_id\": \"019cade5-30b8-7c41-9b52-6f1e0a7d3c11\"}", "as 'segctl events' shows it behind id="},
            {"{}", "packet is missing, or event_id"},
            {"{\"event_id\": 7}", "ExplainRequest"},
            {
                "{\"event_id\": \"01KJPX8SYR5V3HQT8MZ0R7E2DC\", \"host_id\": \"host-b\", \"packet\": {\"direction\":"
                        + " \"ingress\", \"source_ip\": \"::1\", \"dest_ip\": \"::1\", \"protocol\": 6}}",
                "packet and event_id exclude each other"
            }
        }) {
            ApiError error = refusal(each[0].getBytes(UTF_8));
            assertThat(error.code()).as(each[0]).isEqualTo(ApiError.INVALID_REQUEST);
            assertThat(error.message()).as(each[0]).contains(each[1]);
        }
    }

    private static void record(String host, EventId id, long version) {
        bench.bus.publish(Subjects.EVENTS + host, Wire.write(event(host, id, version)), id.value());
    }

    private static FlowEvent event(String host, EventId id, long version) {
        return new FlowEvent(
                id.value(),
                new HostId(host),
                FlowEvent.PACKET_DROPPED,
                new PolicyId("web"),
                version,
                "default-action",
                Reason.DEFAULT_DENY,
                Verdict.DROPPED,
                Direction.INGRESS,
                Hook.TC_INGRESS,
                "10.0.0.1",
                "10.0.0.2",
                40_000,
                5432,
                "tcp",
                "eth0",
                1,
                1,
                0,
                1,
                id.time(),
                Map.of("bytes", 60));
    }

    /** @param last character, to tell ids of one millisecond apart */
    private static EventId id(Instant time, char last) {
        char[] id = "0".repeat(26).toCharArray();
        long millis = time.toEpochMilli();
        for (int i = 9; i >= 0; i--) {
            id[i] = DIGITS.charAt((int) (millis & 31));
            millis >>>= 5;
        }
        id[25] = last;
        return new EventId(new String(id));
    }

    private static PolicyExplanation explain(PolicyApi.ExplainRequest request) {
        Message reply = ask(Wire.write(request));
        assertThat(reply.hasHeaders())
                .as(() -> new String(reply.getData(), UTF_8))
                .isFalse();
        return Wire.read(reply.getData(), PolicyExplanation.class);
    }

    private static ApiError refusal(PolicyApi.ExplainRequest request) {
        return refusal(Wire.write(request));
    }

    private static ApiError refusal(byte[] request) {
        Message reply = ask(request);
        assertThat(reply.hasHeaders())
                .as(() -> new String(reply.getData(), UTF_8))
                .isTrue();
        return Wire.read(reply.getData(), ApiError.class);
    }

    private static Message ask(byte[] request) {
        return bench.bus.request(Subjects.api(PolicyApi.SERVICE, PolicyApi.EXPLAIN), request);
    }
}
