package io.aegisflux.segmentation.engine.filtering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The vectors of filter-vectors.json, to which the dashboard's own reading is held too; and what holds of every filter. */
class FlowFilterTest {
    private static final JsonNode FILE = file();

    record Vector(String text, String filter, List<String> matches, JsonNode error) {
        @Override
        public String toString() {
            return text;
        }
    }

    private static JsonNode file() {
        try (InputStream file = FlowRow.class.getResourceAsStream("filter-vectors.json")) {
            return Wire.read(file.readAllBytes(), JsonNode.class);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static Stream<Vector> vectors() {
        return StreamSupport.stream(FILE.get("vectors").spliterator(), false)
                .map(node -> new Vector(
                        node.get("text").asText(),
                        node.path("filter").asText(),
                        node.findValuesAsText("matches").isEmpty() && !node.has("matches")
                                ? List.of()
                                : StreamSupport.stream(node.get("matches").spliterator(), false)
                                        .map(JsonNode::asText)
                                        .toList(),
                        node.get("error")));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void readsPrintsAndMatchesAsTheVectorsSay(Vector vector) throws FilterSyntaxException {
        if (vector.error() != null) {
            assertThatExceptionOfType(FilterSyntaxException.class)
                    .isThrownBy(() -> FlowFilter.parse(vector.text()))
                    .satisfies(refused -> {
                        assertThat(refused.position())
                                .isEqualTo(vector.error().get("position").asInt());
                        assertThat(refused.getMessage())
                                .isNotBlank()
                                .contains(vector.error().path("message").asText());
                        assertThat(refused.remedy())
                                .isNotBlank()
                                .contains(vector.error().path("remedy").asText());
                    });
            return;
        }
        FlowFilter filter = FlowFilter.parse(vector.text());
        List<String> matched = new ArrayList<>();
        FILE.get("rows").properties().forEach(row -> {
            if (filter.matches(Wire.read(Wire.write(row.getValue()), FlowRow.class))) {
                matched.add(row.getKey());
            }
        });
        assertThat(matched).isEqualTo(vector.matches());
        assertThat(filter).hasToString(vector.filter());
    }

    @Test
    void refusesATextThatIsTooLongAtTheFirstCharacterTooMany() {
        assertThatExceptionOfType(FilterSyntaxException.class)
                .isThrownBy(() -> FlowFilter.parse("workload:" + "a".repeat(FlowFilter.MAX_LENGTH)))
                .satisfies(refused -> assertThat(refused.position()).isEqualTo(FlowFilter.MAX_LENGTH));
    }

    @ParameterizedTest
    @CsvSource({
        "verdict:dropped from:10.0.0.1 host:web policy:*, false",
        "any:web, true",
        "!to:app=db, true",
        "from.workload:web, true",
        "verdict:dropped label:app, true"
    })
    void knowsWhetherItAsksForNames(String text, boolean names) throws FilterSyntaxException {
        assertThat(FlowFilter.parse(text).asksForNames()).isEqualTo(names);
    }

    @Property(tries = 2_000)
    void printsWhatItReadsAsTheSame(@ForAll("filters") String text) throws FilterSyntaxException {
        FlowFilter filter = FlowFilter.parse(text);
        assertThat(FlowFilter.parse(filter.toString())).isEqualTo(filter).hasToString(filter.toString());
    }

    @Property(tries = 2_000)
    void refusesOrReadsWhateverIsTyped(@ForAll("texts") String text) {
        try {
            FlowFilter filter = FlowFilter.parse(text);
            assertThat(FlowFilter.parse(filter.toString())).isEqualTo(filter);
        } catch (FilterSyntaxException e) {
            assertThat(e.position()).isBetween(0, text.length());
        }
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withChars("!:,\"\\*= .@-/ab10fromtoanyiplabelport")
                .ofMaxLength(30);
    }

    @Provide
    Arbitrary<String> filters() {
        Arbitrary<String> quoted = Arbitraries.strings()
                .withChars("ab1.:=, *\"\\\té")
                .ofMinLength(1)
                .ofMaxLength(8)
                .map(Lexeme::quoted);
        Arbitrary<String> open = Arbitraries.of("", "*");
        Arbitrary<String> words =
                Arbitraries.strings().withChars("abz9_.-@").ofMinLength(1).ofMaxLength(6);
        Arbitrary<String> names = Combinators.combine(Arbitraries.oneOf(quoted, words.map(word -> "w" + word)), open)
                .as(String::concat);
        Arbitrary<String> networks =
                Arbitraries.of("10.0.0.0/8", "10.1.2.3", "0.0.0.0/0", "::/0", "fd77::/16", "FD77:0:0::1", "1.2.3.4/32");
        Arbitrary<String> labels = Combinators.combine(words, names)
                .as((key, value) -> value.startsWith("\"") ? "\"" + key + "=" + value.substring(1) : key + "=" + value);
        Arbitrary<String> ends = Arbitraries.oneOf(names, networks, Arbitraries.of("app=db", "app=", "app=d*", "*"));
        Arbitrary<String> terms = Arbitraries.oneOf(
                term("host", Arbitraries.of("host-a", "h*", "*")),
                term("from,to,any", ends),
                term("ip,from.ip,to.ip", networks),
                term("workload,from.workload,to.workload,rule", names),
                term("label,from.label,to.label", Arbitraries.oneOf(labels, words)),
                term("port,from.port,to.port", Arbitraries.of("1", "65535", "80-80", "8000-8999")),
                term("protocol", Arbitraries.of("tcp", "6", "47", "icmpv6", "0")),
                term("verdict", Arbitraries.of("allowed", "dropped", "audited")),
                term("reason", Arbitraries.of("RULE_DENY", "NON_IP")),
                term("policy", Arbitraries.of("web-db", "web-db@3", "w*", "*")),
                term("direction", Arbitraries.of("ingress", "egress")));
        return terms.list().ofMaxSize(5).map(list -> String.join("  ", list));
    }

    private static Arbitrary<String> term(String keys, Arbitrary<String> values) {
        return Combinators.combine(
                        Arbitraries.of("", "!"),
                        Arbitraries.of(keys.split(",")),
                        values.list().ofMinSize(1).ofMaxSize(3))
                .as((not, key, list) -> not + key + ":" + String.join(",", list));
    }
}
