package io.aegisflux.segmentation.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events are read by our own reader; Jackson's reader of records says the same of every text. */
class FlowEventReaderTest {
    private static final JsonMapper REFERENCE = Wire.mapper()
            .rebuild()
            .addModule(new SimpleModule("instants").addDeserializer(Instant.class, new InstantText()))
            .build();

    /** Jackson's reader takes this record for what FlowEvent is, but for our reader. */
    private static String byJackson(String json) {
        return outcome(() -> REFERENCE.readValue(json, SameMembers.class).event());
    }

    private static String byOurs(String json) {
        return outcome(() -> Wire.mapper().readValue(json, FlowEvent.class));
    }

    private interface Reading {
        FlowEvent event() throws IOException;
    }

    private static String outcome(Reading reading) {
        try {
            return reading.event().toString();
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            return "refused";
        }
    }

    /** As {@link FlowEvent}. */
    private record SameMembers(
            String id,
            HostId hostId,
            String eventType,
            PolicyId policyId,
            Long policyVersion,
            String ruleId,
            Reason reason,
            Verdict verdict,
            Direction direction,
            Hook hook,
            String sourceIp,
            String destIp,
            int sourcePort,
            int destPort,
            String protocol,

            @JsonProperty("interface") String interfaceName,

            long generation,
            long count,
            long lost,
            long number,
            Instant timestamp,
            Map<String, Object> metadata) {
        FlowEvent event() {
            return new FlowEvent(
                    id,
                    hostId,
                    eventType,
                    policyId,
                    policyVersion,
                    ruleId,
                    reason,
                    verdict,
                    direction,
                    hook,
                    sourceIp,
                    destIp,
                    sourcePort,
                    destPort,
                    protocol,
                    interfaceName,
                    generation,
                    count,
                    lost,
                    number,
                    timestamp,
                    metadata);
        }
    }

    @Test
    void readsWhatJacksonReadsAndRefusesWhatItRefuses() throws IOException {
        List<String> values = List.of(
                "null",
                "0",
                "1",
                "-1",
                "443",
                "70000",
                "1.0",
                "1e3",
                "99999999999999999999",
                "4294967297",
                "true",
                "[]",
                "{}",
                "[1]",
                "{\"first\":\"x\",\"n\":null}",
                "\"\"",
                "\"1\"",
                "\"web-db\"",
                "\"a.b\"",
                "\"DROPPED\"",
                "\"dropped\"",
                "\"audited\"",
                "\"ingress\"",
                "\"both\"",
                "\"xdp\"",
                "\"connect4\"",
                "\"RULE_DENY\"",
                "\"packet_dropped\"",
                "\"2026-03-02T09:15:04Z\"",
                "\"2026-03-02T24:00:00Z\"",
                "\"2026-02-30T09:15:04Z\"",
                "\"2026-03-02\"");
        List<JsonNode> examples = new ArrayList<>();
        for (String example : List.of("event-packet-dropped", "event-connection-blocked", "event-audited")) {
            examples.add(Wire.mapper().readTree(Examples.read(example)));
        }
        int read = 0;
        int refused = 0;
        Random random = new Random(1);
        for (JsonNode example : examples) {
            assertThat(byOurs(example.toString()))
                    .isEqualTo(byJackson(example.toString()))
                    .isNotEqualTo("refused");
            List<String> names = new ArrayList<>(List.of("unknown"));
            example.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                for (String value : values) {
                    ObjectNode changed = example.deepCopy();
                    changed.set(name, Wire.mapper().readTree(value));
                    if (random.nextBoolean()) {
                        changed.remove(names.get(random.nextInt(names.size())));
                    }
                    String ours = byOurs(changed.toString());
                    assertThat(ours).as(changed.toString()).isEqualTo(byJackson(changed.toString()));
                    refused += ours.equals("refused") ? 1 : 0;
                    read++;
                }
            }
        }
        assertThat(refused).isBetween(read / 4, read * 9 / 10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "7", "\"x\"", "{", "{\"id\":\"a\",\"id\":\"b\"}", "{\"id\":}"})
    void refusesWhatIsNoEvent(String json) {
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> Wire.read(json.getBytes(UTF_8), FlowEvent.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-03-02T09:15:04Z",
                "2026-03-02T09:15:04.5Z",
                "2026-03-02T09:15:04.536211Z",
                "2026-03-02T09:15:04.123456789Z",
                "2024-02-29T23:59:59Z",
                "2026-02-29T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-00-01T00:00:00Z",
                "1969-12-31T23:59:59.9Z",
                "0000-01-01T00:00:00Z",
                "2026-03-02T24:00:00Z",
                "2026-03-02T09:60:00Z",
                "2016-12-31T23:59:60Z",
                "2026-03-02T09:15:04.Z",
                "2026-03-02T09:15:04.1234567890Z",
                "2026-03-02T09:15:04+01:00",
                "2026-03-02T09:15Z",
                "2026-03-02 09:15:04Z",
                "2026-03-02t09:15:04z",
                "+2026-03-02T09:15:04Z",
                "2026-03-02T09:15:0٤Z",
                "2026-3-02T09:15:04Z",
                "",
                "Z"
            })
    void readsInstantsAsTheJdkDoes(String text) {
        assertThat(parsed(() -> InstantText.instant(text))).isEqualTo(parsed(() -> Instant.parse(text)));
    }

    private static String parsed(Supplier<Instant> parser) {
        try {
            return parser.get().toString();
        } catch (DateTimeException e) {
            return "refused";
        }
    }
}
