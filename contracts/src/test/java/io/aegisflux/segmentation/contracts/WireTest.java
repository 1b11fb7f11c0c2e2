package io.aegisflux.segmentation.contracts;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireTest {
    private static final String SPEC =
            "{\"program_set\":\"datapath\",\"variant\":\"default\",\"architecture\":\"x86_64\"}";

    @Test
    void writesSnakeCaseWithoutNullsAndInstantsAsText() {
        BuildFailed failed = new BuildFailed(null, "store", "no space", null, Instant.parse("2026-03-02T09:15:04.5Z"));

        assertThat(new String(Wire.write(failed), UTF_8))
                .isEqualTo("{\"stage\":\"store\",\"reason\":\"no space\",\"timestamp\":\"2026-03-02T09:15:04.500Z\"}");
    }

    @Test
    void passesOverMembersThatItDoesNotKnow() {
        String grown = SPEC.replace("}", ",\"tomorrow\":{\"a\":[1,{}]}}");

        assertThat(read(grown)).isEqualTo(read(SPEC));
    }

    @Test
    void readsInstantsWithAnyOffsetAndKeepsNanoseconds() {
        assertThat(instant("\"2026-03-02T10:15:04.123456789+01:00\""))
                .isEqualTo(Instant.parse("2026-03-02T09:15:04.123456789Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0", "1.5", "1772442904", "\"1772442904\"", "\"\"", "\"2026-03-02\"", "\"now\"", "true", "[]"})
    void takesNoOtherTextOrNumberForAnInstant(String json) {
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> instant(json))
                .withMessageContaining("/timestamp");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "7",
                "\"text\"",
                "{",
                SPEC + "x",
                SPEC + SPEC,
                "{\"variant\":1,\"variant\":2}",
                "{'program_set':'datapath'}",
                "{\"program_set\":NaN}",
                "{\"program_set\":\"a\tb\"}",
                "// comment\n{}",
                "{\"program_set\":\"datapath\",}",
                "{\"program_set\":7,\"variant\":\"default\",\"architecture\":\"x86_64\"}",
                "{\"program_set\":true,\"variant\":\"default\",\"architecture\":\"x86_64\"}",
                "{\"program_set\":[\"datapath\"],\"variant\":\"default\",\"architecture\":\"x86_64\"}",
            })
    void refusesWhatIsNotExactlyOneMessage(String text) {
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> read(text))
                .withMessageContaining("BuildSpec");
    }

    @Test
    void refusesOtherEncodingsAndDepthsBeyondReason() {
        for (byte[] bytes : List.of(
                SPEC.getBytes(UTF_16),
                new byte[] {'{', '"', (byte) 0xC3, '"', ':', '1', '}'},
                ("{\"x\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}").getBytes(UTF_8))) {
            assertThatExceptionOfType(MalformedMessageException.class)
                    .isThrownBy(() -> Wire.read(bytes, BuildSpec.class));
        }
    }

    @Test
    void saysWhereAndWhyInOneShortCleanSentence() {
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> Wire.read(
                        "{\"policies\":[],\"rules\":[{\"policy\":0,\"rule_id\":\"r\",\"action\":\"burn\"}]}"
                                .getBytes(UTF_8),
                        RuleTable.class))
                .withMessage("not a RuleTable: /rules/0/action: no action is called \"burn\"");
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> read("{\"program_set\":{\"\u202e" + "x".repeat(5_000) + "\":\"\\u001b\"}}"))
                .satisfies(
                        e -> assertThat(e.getMessage()).hasSizeLessThan(400).doesNotContain("\u202e", "\u001b", "\n"));
    }

    @Test
    void keepsNumbersOfDocumentsToTheDigit() {
        String document = "{\"a\":1.50,\"b\":12345678901234567890.123456789,\"c\":1e2}";
        JsonNode read = Wire.read(document.getBytes(UTF_8), JsonNode.class);

        assertThat(read.get("a").decimalValue()).isEqualTo("1.50");
        assertThat(read.get("b").decimalValue()).isEqualTo("12345678901234567890.123456789");
    }

    @Test
    void refusesToWriteWhatIsNoJson() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Wire.write(new Object() {
                    @SuppressWarnings("unused")
                    public Object getSelf() {
                        return this;
                    }
                }));
    }

    static Stream<Arguments> words() {
        return Stream.of(
                words(Action.values(), Action::wireName, Action::of),
                words(Direction.values(), Direction::wireName, Direction::of),
                words(Hook.values(), Hook::wireName, Hook::of),
                words(Mode.values(), Mode::wireName, Mode::of),
                words(Reason.values(), Reason::wireName, Reason::of),
                words(Verdict.values(), Verdict::wireName, Verdict::of));
    }

    @ParameterizedTest
    @MethodSource("words")
    void knowsEachWordOfAnEnumByItsWireNameAlone(
            Enum<?>[] values, Function<Object, String> wireName, Function<String, Object> of) {
        for (Enum<?> value : values) {
            assertThat(of.apply(wireName.apply(value))).isEqualTo(value);
            assertThat(new String(Wire.write(value), UTF_8)).isEqualTo('"' + wireName.apply(value) + '"');
            assertThat((Object) Wire.read(Wire.write(value), value.getDeclaringClass()))
                    .isEqualTo(value);
        }
        for (String other : List.of("", " ", "0", "nonsense", wireName.apply(values[0]) + " ", "Allow", "rule_deny")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> of.apply(other))
                    .withMessageContaining("is called");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> of.apply(null));
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> Wire.read("0".getBytes(UTF_8), values[0].getDeclaringClass()));
    }

    @Test
    void collectionsOfRecordsCannotBeChangedAndHoldNoNulls() {
        Workload workload = new Workload("w", new java.util.HashMap<>(Map.of("b", "1", "a", "2")), null);

        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> workload.labels().put("c", "3"));
        assertThat(workload.addresses()).isEmpty();
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> Wire.read("{\"name\":\"w\",\"addresses\":[null]}".getBytes(UTF_8), Workload.class))
                .withMessageContaining("addresses holds null");
    }

    @SuppressWarnings("unchecked")
    private static <E extends Enum<E>> Arguments words(
            E[] values, Function<E, String> wireName, Function<String, E> of) {
        Function<Object, String> erased = value -> wireName.apply((E) value);
        return Arguments.of(values, erased, of);
    }

    private static BuildSpec read(String text) {
        return Wire.read(text.getBytes(UTF_8), BuildSpec.class);
    }

    private static Instant instant(String json) {
        ObjectNode failed =
                Wire.mapper().createObjectNode().put("stage", "store").put("reason", "r");
        failed.set("timestamp", Wire.read(json.getBytes(UTF_8), JsonNode.class));
        return Wire.read(Wire.write(failed), BuildFailed.class).timestamp();
    }
}
