package io.aegisflux.segmentation.engine.parsing;

import static io.aegisflux.segmentation.engine.Documents.accepted;
import static io.aegisflux.segmentation.engine.Documents.policy;
import static io.aegisflux.segmentation.engine.Documents.refused;
import static io.aegisflux.segmentation.engine.Documents.rule;
import static io.aegisflux.segmentation.engine.Documents.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.engine.language.Limits;
import io.aegisflux.segmentation.engine.language.Policy;
import java.time.Duration;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How large a document and its parts may be, to the last one; and that nobody can keep the parser busy. */
class DocumentSizesTest {
    @Test
    void aDocumentHas512KibibytesAndNotMore() {
        String padded = with("") + " ".repeat(Limits.DOCUMENT_BYTES - with("").length());

        accepted(padded);
        assertThat(refused(padded + " "))
                .containsExactly(new Violation(
                        "", "the document has 524289 bytes, more than 524288", "split it into several policies"));
        assertThat(refused("x".repeat(2_000_000)))
                .extracting(Violation::reason)
                .containsExactly("the document has 2000000 bytes, more than 524288");
    }

    @Test
    void nestingEndsAt32Levels() {
        accepted(with("\"metadata\": " + "{\"a\":".repeat(30) + "{}" + "}".repeat(30) + ","));

        assertRefused(
                with("\"metadata\": " + "{\"a\":".repeat(31) + "{}" + "}".repeat(31) + ","),
                "/metadata" + "/a".repeat(31),
                "nested deeper than 32 levels",
                "flatten it; a policy needs 6 levels");
        assertRefused("[".repeat(10_000), "/0".repeat(32), "nested deeper than 32 levels", "flatten it");
        assertRefused("{\"a\":".repeat(10_000), "/a".repeat(32), "nested deeper than 32 levels", "flatten it");
        assertRefused("[".repeat(10_000) + "]".repeat(10_000), "/0".repeat(32), "nested deeper", "flatten it");
    }

    @Test
    void textsNamesAndNumbersHaveTheirLength() {
        Policy longest = accepted(with("\"description\": \"%s\",".formatted("ä".repeat(8_192))
                + "\"metadata\": {\"%s\": %s},".formatted("m".repeat(256), "1".repeat(32))));

        assertThat(longest.description()).hasSize(8_192);
        assertRefused(
                with("\"description\": \"%s\",".formatted("x".repeat(8_193))),
                "/description",
                "the text has 8193 characters, more than 8192",
                "shorten it");
        assertRefused(with("\"%s\": 1,".formatted("x".repeat(257))), "", "has 257 characters", "use at most 256");
        assertRefused(
                with("\"metadata\": {\"a\": %s},".formatted("1".repeat(33))),
                "/metadata/a",
                "the number 11111111111111111111111111111111… has 33 characters",
                "write it with at most 32 characters");
        assertRefused(
                with("\"metadata\": {\"a\": 1e99999999999},"),
                "/metadata/a",
                "the exponent of 1e99999999999 is too large",
                "write a smaller number");
    }

    @Test
    void namesAndIdsHaveTheirLengthInCharactersNotInBytes() {
        assertThat(accepted(with("").replace("\"n\"", "\"" + "😀".repeat(256) + "\""))
                        .name())
                .hasSize(512);
        assertThat(accepted(with("").replace("\"p\"", "\"" + "a".repeat(128) + "\""))
                        .id()
                        .value())
                .hasSize(128);
        assertRefused(
                with("").replace("\"n\"", "\"" + "n".repeat(257) + "\""),
                "/name",
                "has 257 characters",
                "use at most 256 characters");
        assertRefused(
                with("").replace("\"p\"", "\"" + "a".repeat(129) + "\""), "/id", "…\" is not an id", "write 1 to 128");
    }

    @Test
    void listsHaveTheirLength() {
        assertThat(accepted(policy("p", 1, "", times(5_000, i -> rule("r" + i, "deny", 1, ""))))
                        .rules())
                .hasSize(5_000);
        accepted(with("", times(64, i -> when("dest_port", "eq", "1"))));
        accepted(with("", when("dest_port", "in", list(4_096, Integer::toString))));

        assertRefused(policy("p", 1, "", times(10_001, i -> "{}")), "/rules", "10001 are too many", "at most 10000");
        assertRefused(
                with("", times(65, i -> when("dest_port", "eq", "1"))),
                "/rules/0/conditions",
                "65 are too many",
                "write at most 64");
        assertRefused(
                with("", when("dest_port", "in", list(4_097, Integer::toString))),
                "/rules/0/conditions/0/value",
                "4097 are too many",
                "write at most 4096");
        assertRefused(
                with("\"tests\": %s,".formatted(list(1_001, i -> "{}"))),
                "/tests",
                "1001 are too many",
                "at most 1000");
        assertRefused(
                with("\"applies_to\": {\"hosts\": %s},".formatted(list(257, i -> "\"h\""))),
                "/applies_to/hosts",
                "257 are too many",
                "write at most 256");
        assertRefused(
                with("\"applies_to\": {\"labels\": %s},".formatted(object(257, i -> "\"l" + i + "\": \"v\""))),
                "/applies_to/labels",
                "257 labels are too many",
                "use at most 256");
    }

    @Test
    void fiftyViolationsAreListedAndNotMore() {
        assertThat(refused(policy("p", 1, "", times(5_000, i -> "{\"a\": 1}")))).hasSize(Limits.VIOLATIONS);
        assertThat(refused(object(5_000, i -> "\"a" + i + "\": 1"))).hasSize(Limits.VIOLATIONS);
    }

    /** Up to 512 KiB of what costs the parser most. */
    static Stream<Arguments> hostile() {
        String members = object(44_000, i -> "\"k" + i + "\":1");
        return Stream.of(
                Arguments.of("unknown members", members),
                Arguments.of("labels", with("\"applies_to\": {\"labels\": " + members + "},")),
                Arguments.of(
                        "misspelt members", policy("p", 1, "", times(9_000, i -> "{\"idd\":1,\"actoin\":1,\"a\":1}"))),
                Arguments.of(
                        "misspelt words",
                        policy("p", 1, "", times(4_000, i -> rule("r", "deny", 1, "", when("dest_pr", "eqq", "1"))))),
                Arguments.of(
                        "bad addresses",
                        with("", when("source_ip", "in", list(4_096, i -> "\"fd::%x-::\"".formatted(i))))),
                Arguments.of("lists in lists", list(8_000, i -> "[".repeat(30) + "]".repeat(30))),
                Arguments.of("a long number", with("\"metadata\": {\"a\": " + "9".repeat(500_000) + "},")),
                Arguments.of("a long fraction", with("\"metadata\": {\"a\": 0." + "9".repeat(500_000) + "},")),
                Arguments.of("a long text of escapes", with("\"description\": \"" + "\\u0041".repeat(80_000) + "\",")),
                Arguments.of("names of one hash code", object(1 << 13, i -> '"' + ofOneHashCode(i) + "\":1")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void noDocumentTakesLong(String what, String document) {
        assertThat(document.length()).isBetween(50_000, Limits.DOCUMENT_BYTES);
        assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> assertThat(refused(document)).isNotEmpty());
    }

    private static void assertRefused(String document, String pointer, String reason, String hint) {
        Violation first = refused(document).getFirst();

        assertThat(first.path()).isEqualTo(pointer);
        assertThat(first.reason()).contains(reason);
        assertThat(first.hint()).contains(hint);
    }

    /** A policy with one rule, these members before its rules and these conditions in the rule. */
    private static String with(String members, String... conditions) {
        return policy("p", 1, members, rule("r", "deny", 1, "", conditions));
    }

    private static String[] times(int times, IntFunction<String> text) {
        return IntStream.range(0, times).mapToObj(text).toArray(String[]::new);
    }

    private static String list(int times, IntFunction<String> item) {
        return IntStream.range(0, times).mapToObj(item).collect(Collectors.joining(",", "[", "]"));
    }

    private static String object(int times, IntFunction<String> member) {
        return IntStream.range(0, times).mapToObj(member).collect(Collectors.joining(",", "{", "}"));
    }

    /** "Aa" and "BB" have the same hash code, and so have texts of them. */
    private static String ofOneHashCode(int number) {
        return IntStream.range(0, 13)
                .mapToObj(bit -> (number >> bit & 1) == 0 ? "Aa" : "BB")
                .collect(Collectors.joining());
    }
}
