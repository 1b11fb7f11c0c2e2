package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static io.aegisflux.segmentation.policy.domain.Documents.repeated;
import static io.aegisflux.segmentation.policy.domain.Documents.rule;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.type.TypeReference;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.policy.domain.Documents;
import io.nats.client.Message;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RefusalIT {
    private static final String PORT = "/rules/0/conditions/1/value";

    private static PolicyBench bench;
    private static long revision;
    private static String figuresBefore;

    @BeforeAll
    static void start() {
        bench = PolicyBench.start();
        figuresBefore = bench.service().get("/q/metrics");
        bench.report(Documents.report("host-a"));
        bench.publish("standing", policy("standing", 80));
        revision = bench.awaitTold("host-a", "standing", 1).revision();
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    static Stream<Arguments> documents() {
        return Stream.of(
                Arguments.of("malformed", "{\"id\": \"malformed\", ", ""),
                Arguments.of("no-object", "[]", ""),
                Arguments.of("trailing", text(policy("trailing", 80)) + " {}", ""),
                Arguments.of("unknown", text(policy("unknown", "\"prioritty\": 1,")), "/prioritty"),
                Arguments.of("twice", text(policy("twice", "\"name\": \"again\",")), "/name"),
                Arguments.of("deep", text(policy("deep", "\"metadata\": {\"d\": " + nested(10_000) + "},")), deepest()),
                Arguments.of("port", text(policy("port", 70_000)), PORT),
                Arguments.of("host-bits", text(network("host-bits", "10.0.0.7/8")), "/rules/0/conditions/0/value"),
                Arguments.of("wide-prefix", text(network("wide-prefix", "10.0.0.0/33")), "/rules/0/conditions/0/value"),
                Arguments.of("other", text(policy("somebody-else", 80)), "/id"),
                Arguments.of("dotted", text(policy("dot.ted", 80)), "/id"),
                Arguments.of("wild", text(policy("*", 80)), "/id"),
                Arguments.of("-dash", text(policy("-dash", 80)), "/id"),
                Arguments.of("marked", "\u00ef\u00bb\u00bf" + text(policy("marked", 80)), ""),
                Arguments.of("no-utf8", text(policy("no-utf8", "\"description\": \"\u00e4\",")), ""),
                Arguments.of("surrogate", text(policy("surrogate", "\"description\": \"\\ud83d\",")), "/description"),
                Arguments.of("nan", text(policy("nan", "\"metadata\": {\"n\": NaN},")), "/metadata"),
                Arguments.of("long-name", text(policy("long-name", described(8 * 1024 + 1))), "/description"),
                Arguments.of("long-number", text(policy("long-number", number(33))), "/metadata/n"),
                Arguments.of("grows", text(policy("grows", grown())), ""),
                Arguments.of("reserved", text(policy("reserved", 80)).replace("\"network\"", "\"file\""), "/type"),
                Arguments.of("too-large", text(policy("too-large", "")) + " ".repeat(512 * 1024), ""));
    }

    /** Of a counter that appears with its first refusal, Prometheus sees no increase. */
    @Test
    void isCountedFromZeroOn() {
        assertThat(figuresBefore)
                .contains("segmentation_policies_rejected_total 0.0", "segmentation_policies_accepted_total 0.0");
    }

    /** @param document as ISO-8859-1, so that each character is a byte */
    @ParameterizedTest(name = "{0}")
    @MethodSource("documents")
    void isRefusedAtItsPlaceAndChangesNothing(String id, String document, String pointer) {
        byte[] body = document.getBytes(ISO_8859_1);
        Message reply = bench.request(id, body);
        ApiError error = Wire.read(reply.getData(), ApiError.class);
        assertThat(reply.getHeaders().getFirst("Nats-Service-Error-Code")).isEqualTo("400");
        assertThat(error.code()).isEqualTo(ApiError.INVALID_POLICY);
        assertThat(error.violations()).extracting(Violation::path).containsExactly(pointer);
        assertThat(error.violations()).allSatisfy(it -> {
            assertThat(it.reason()).isNotBlank();
            assertThat(it.hint()).isNotBlank();
        });

        bench.publish(id, body);
        await().atMost(PolicyBench.PATIENCE).until(() -> rejections(id).size() == 2);
        assertThat(rejections(id)).allSatisfy(event -> {
            assertThat(violations(event)).isEqualTo(error.violations());
            assertThat((Integer) event.metadata().get("sequence")).isPositive();
        });
        nothingChanged(id);
    }

    @Test
    void aSubjectDeeperThanOneTokenIsRefusedThoughNoStreamTakesIt() {
        Message reply = bench.request("dotted.id", policy("dotted", 80));
        ApiError error = Wire.read(reply.getData(), ApiError.class);
        assertThat(error.violations()).extracting(Violation::path).containsExactly("/id");
        assertThat(error.violations().getFirst().reason()).contains("segmentation.policies.dotted.id");
        await().atMost(PolicyBench.PATIENCE).until(() -> rejections("dotted.id").size() == 1);
        assertThat(violations(rejections("dotted.id").getFirst())).isEqualTo(error.violations());
        nothingChanged("dotted");
    }

    @Test
    void aSubjectWithAWildcardIsRefusedOrTakenByNobody() throws Exception {
        try (RawClient client = new RawClient(bench.nats.port())) {
            client.subscribe("_INBOX.raw");
            client.publish("segmentation.policies.*", "_INBOX.raw", policy("standing", 22));
            String header = client.line();
            assertThat(header).as("an answer, or the server's refusal").isNotNull();
            if (!header.startsWith("-ERR")) {
                assertThat(client.payload(header)).contains("INVALID_POLICY").contains("\"path\":\"/id\"");
                await().atMost(PolicyBench.PATIENCE)
                        .until(() -> !rejections("*").isEmpty());
            }
        }
        nothingChanged("wildcard");
    }

    @Test
    void theDocumentThatIsRefusedLeavesTheOneThatHolds() {
        bench.request("kept", policy("kept", "\"applies_to\": {\"hosts\": [\"nobody\"]},", rule("r", 80)));
        bench.request("kept", policy("kept", 70_000));
        assertThat(bench.versions("kept")).hasSize(1);
        nothingChanged("another");
    }

    private static void nothingChanged(String id) {
        bench.awaitSettled();
        assertThat(bench.bus.last(Streams.POLICY_STORE, "segmentation.policy_store." + id))
                .isEmpty();
        assertThat(bench.desired("host-a").orElseThrow().revision()).isEqualTo(revision);
    }

    private static List<SystemEvent> rejections(String id) {
        return bench.events(SystemEvent.POLICY_REJECTED).stream()
                .filter(event -> event.metadata().get("subject").equals("segmentation.policies." + id))
                .toList();
    }

    private static List<Violation> violations(SystemEvent event) {
        return Wire.mapper().convertValue(event.metadata().get("violations"), new TypeReference<>() {});
    }

    /** As bytes go, so that what is no UTF-8 can be written too. */
    private static String text(byte[] document) {
        String utf8 = new String(document, UTF_8);
        return utf8.chars().allMatch(c -> c < 256) ? utf8 : new String(document, ISO_8859_1);
    }

    private static byte[] network(String id, String prefix) {
        return policy(id, "", """
                {"id": "r", "action": "deny", "priority": 1, "conditions": [
                  {"field": "source_ip", "operator": "eq", "value": "%s"}]}""".formatted(prefix));
    }

    private static String nested(int levels) {
        return "[".repeat(levels) + "]".repeat(levels);
    }

    /** The 33rd level: the document, its metadata, 30 lists, and the one that is too much. */
    private static String deepest() {
        return "/metadata/d" + "/0".repeat(30);
    }

    private static String described(int characters) {
        return "\"description\": \"%s\",".formatted("x".repeat(characters));
    }

    private static String number(int digits) {
        return "\"metadata\": {\"n\": %s},".formatted("1".repeat(digits));
    }

    /** Valid as written, but over the limit in the notation of the store. */
    private static String grown() {
        return "\"metadata\": {\"n\": [%s1]},".formatted(repeated("1e5,", 130_000));
    }
}
