package io.aegisflux.segmentation.engine.parsing;

import static io.aegisflux.segmentation.engine.Documents.accepted;
import static io.aegisflux.segmentation.engine.Documents.policy;
import static io.aegisflux.segmentation.engine.Documents.refused;
import static io.aegisflux.segmentation.engine.Documents.rule;
import static io.aegisflux.segmentation.engine.Documents.when;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Violation;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is not understood is refused, at its place, with the reason and what to write instead. */
class StrictDocumentsTest {
    private static final String GOOD = policy("p", 1, "", rule("r", "deny", 1, ""));

    /** A block of refusals.txt, whose head says what its lines are. */
    record Refusal(String what, String document, String pointer, String reason, String hint) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Refusal> refusals() throws IOException {
        try (InputStream file = StrictDocumentsTest.class.getResourceAsStream("refusals.txt")) {
            String text = new String(file.readAllBytes(), UTF_8);
            return Arrays.stream(text.split("\n\n")).skip(1).map(block -> {
                String[] lines = block.split("\n");
                assertThat(lines).as(block).hasSize(5);
                return new Refusal(
                        lines[0], document(lines[1]), lines[2].replace("(document)", ""), lines[3], lines[4]);
            });
        }
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refuses(Refusal wanted) {
        Violation first = refused(wanted.document()).getFirst();

        assertThat(first.path()).isEqualTo(wanted.pointer());
        assertThat(first.reason()).contains(wanted.reason()).doesNotContain("REDACTED", "Feature", "\n");
        assertThat(first.hint()).contains(wanted.hint());
    }

    @Test
    void refusesAnEmptyBody() {
        assertThat(refused("")).containsExactly(new Violation("", "the document is empty", "write a JSON object"));
    }

    @Test
    void refusesBytesThatAreNoPlainUtf8() {
        assertThat(parsed(("\uFEFF" + GOOD).getBytes(UTF_8)))
                .containsExactly(new Violation(
                        "", "the document begins with a byte order mark", "save it as UTF-8 without one"));
        for (byte[] bytes : List.of(
                GOOD.getBytes(UTF_16),
                new byte[] {'"', (byte) 0xFF, '"'},
                new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'}, // an overlong zero
                new byte[] {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'}, // half a surrogate pair
                new byte[] {'"', (byte) 0xC3})) {
            assertThat(parsed(bytes))
                    .containsExactly(new Violation("", "the document is not valid UTF-8", "save it as UTF-8"));
        }
    }

    @Test
    void takesTheIdOfItsSubjectAndNoOther() {
        assertThat(PolicyParser.parse(GOOD.getBytes(UTF_8), new PolicyId("p")))
                .isInstanceOf(ParseResult.Accepted.class);
        assertThat(PolicyParser.parse(GOOD.getBytes(UTF_8), new PolicyId("q")))
                .isEqualTo(new ParseResult.Rejected(List.of(new Violation(
                        "/id",
                        "the id is \"p\", but the subject ends in \"q\"",
                        "write \"q\", or publish to the subject of this id"))));
    }

    @Test
    void reportsSeveralViolationsAtOnceInTheirOrder() {
        assertThat(refused("""
                        {"id": 1, "type": "x", "z": 1, "rules": [{"id": "r", "action": "deny", "priority": -1,
                          "conditions": [{"field": "dest_port", "operator": "eq", "value": 70000}]}]}"""))
                .extracting(Violation::path)
                .containsExactly(
                        "/z", "/id", "/name", "/type", "/priority", "/rules/0/priority", "/rules/0/conditions/0/value");
    }

    @Test
    void complainsOnceAboutAValueThatIsWrongInItself() {
        for (String value : List.of("\"\\ud800\"", "\"" + "x".repeat(9_000) + "\"", "1".repeat(33))) {
            assertThat(refused(document("port " + value))).as(value).hasSize(1);
            assertThat(refused(policy("p", 1, "", rule("r", "deny", 1, "", when("dest_port", "in", value)))))
                    .as(value)
                    .hasSize(1);
        }
    }

    @Test
    void showsNoControlOrDirectionCharacterOfTheDocument() {
        assertThat(refused(document("members \"\\u001b[31m\\u202e\\u2028\": 1,")))
                .allSatisfy(it -> assertThat(it.reason() + it.hint()).doesNotContain("\u001b", "\u202e", "\u2028"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2027-01-31T18:00Z",
                "2027-01-31T18:00:00.123456789-11:30",
                "9999-12-31T23:59:59Z",
                "1970-01-01T00:00:00Z"
            })
    void takesInstantsAsIsoWritesThem(String instant) {
        assertThat(accepted(document("members \"expires_at\": \"" + instant + "\","))
                        .expiresAt())
                .isNotNull();
    }

    @Property(tries = 2_000)
    void neverThrowsWhateverTheBytes(@ForAll byte[] bytes) {
        assertThat(PolicyParser.parse(bytes, null)).isInstanceOf(ParseResult.Rejected.class);
    }

    @Property(tries = 3_000)
    void neverThrowsWhateverIsDoneToADocument(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = document("condition " + when("source_ip", "in", "[\"10.0.0.0/8\", \"::/0\"]"))
                .getBytes(UTF_8);
        String spoilers = "{}[],:\"\\0e-ux/";
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            bytes[random.nextInt(bytes.length)] = (byte) spoilers.charAt(random.nextInt(spoilers.length()));
        }
        if (PolicyParser.parse(bytes, null) instanceof ParseResult.Rejected it) {
            assertThat(it.violations()).isNotEmpty().allSatisfy(violation -> {
                assertThat(violation.reason()).isNotBlank();
                assertThat(violation.hint()).isNotBlank();
                assertThat(violation.path()).matches("(/[\\s\\S]*)?");
            });
        }
    }

    @Test
    void aBodyThatIsNoneIsTheCallersMistake() {
        assertThatNullPointerException().isThrownBy(() -> PolicyParser.parse(null, null));
    }

    private static String document(String line) {
        String kind = line.substring(0, line.indexOf(' '));
        String text = line.substring(line.indexOf(' ') + 1);
        return switch (kind) {
            case "document" -> text;
            case "members" -> policy("p", 1, text, rule("r", "deny", 1, ""));
            case "rule" -> policy("p", 1, "", rule("r", "deny", 1, text));
            case "condition" -> policy("p", 1, "", rule("r", "deny", 1, "", text));
            case "port" -> policy("p", 1, "", rule("r", "deny", 1, "", when("dest_port", "eq", text)));
            case "instead" -> {
                String[] words = text.split(" ");
                assertThat(GOOD).contains(words[0]);
                int at = GOOD.indexOf(words[0]);
                yield GOOD.substring(0, at) + words[1] + GOOD.substring(at + words[0].length());
            }
            default -> throw new AssertionError(line);
        };
    }

    private static List<Violation> parsed(byte[] bytes) {
        return ((ParseResult.Rejected) PolicyParser.parse(bytes, null)).violations();
    }
}
