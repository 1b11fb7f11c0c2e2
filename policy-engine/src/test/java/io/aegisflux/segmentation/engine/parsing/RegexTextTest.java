package io.aegisflux.segmentation.engine.parsing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.aegisflux.segmentation.engine.language.Limits;
import java.time.Duration;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Regular expressions are taken only where no text can make them run for long. */
class RegexTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "web",
                "web-[0-9]+",
                "(web|api|db)",
                "(?:web|api)-(eu|us)-[0-9]{1,3}",
                ".*-prod",
                ".*a.*b.*",
                "v?eth[0-9]",
                "(web)?",
                "a{2,3}?",
                "a*+b",
                "[]a]+",
                "[^]a]*",
                "[a\\]]+",
                "\\d+\\.\\d+",
                "\\w+ \\s",
                "a|b|",
                "",
            })
    void takesWhatStaysCheap(String regex) {
        assertThat(refusal(regex)).isEqualTo(regex.isEmpty() ? "a regular expression of 0 characters" : null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "(a+)+b => a repetition of what has repetitions or alternatives",
                "(a|aa)+ => a repetition of what has repetitions or alternatives",
                "(?:(a)*)* => a repetition of what has repetitions or alternatives",
                "((a?)b)+ => a repetition of what has repetitions or alternatives",
                "(a{2,})+ => a repetition of what has repetitions or alternatives",
                "a*a*a*a*b => its repetitions and alternatives together take too many steps",
                "(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b).*.*b => its repetitions and alternatives together take too many steps",
                "(a)\\1 => the escape \\1",
                "(?<n>a)\\k<n> => a special group (?…",
                "(?=a)a => a special group (?…",
                "(?<!a)a => a special group (?…",
                "(?i)a => a special group (?…",
                "(?>a) => a special group (?…",
                "\\Q(a+)+\\E => the escape \\Q",
                "\\p{L}+ => the escape \\p",
                "\\R => the escape \\R",
                "\\bweb => the escape \\b",
                "[a[b]] => a class within a class",
                "[a-z&&[^b]] => a class within a class",
                "( => is not a regular expression: Unclosed group at index 1",
                "[ => is not a regular expression: Unclosed character class at index 0",
                "* => is not a regular expression: Dangling meta character '*' at index 0",
                "a{2,1} => is not a regular expression: Illegal repetition range",
            })
    void refusesTheRestWithWhatItIsAbout(String regex, String reason) {
        assertThat(refusal(regex)).contains(reason);
    }

    @Test
    void hasItsLength() {
        assertThat(refusal("a".repeat(Limits.REGEX))).isNull();
        assertThat(refusal("a".repeat(Limits.REGEX + 1))).isEqualTo("a regular expression of 257 characters");
        assertThat(refusal("(".repeat(128) + ")".repeat(128))).isNull();
        assertThat(refusal("(".repeat(Limits.REGEX))).contains("is not a regular expression");
    }

    @Property(tries = 4_000)
    void whatIsTakenEndsSoonOnTheTextsThatAreWorstForIt(@ForAll long seed) {
        Random random = new Random(seed);
        String regex = regex(random, 3);
        if (regex.isEmpty() || regex.length() > Limits.REGEX || refusal(regex) != null) {
            Statistics.label("taken").collect(false);
            return;
        }
        Statistics.label("taken").collect(true);
        Pattern pattern = Pattern.compile(regex);
        Stream.of("a", "ab", "aab")
                .map(unit -> unit.repeat(Limits.LABEL_VALUE).substring(0, Limits.LABEL_VALUE - 1) + "!")
                .forEach(text -> assertTimeoutPreemptively(
                        Duration.ofSeconds(5), () -> pattern.matcher(text).matches(), regex));
        Statistics.label("taken").coverage(coverage -> coverage.check(true).percentage(share -> share > 20));
    }

    /** An expression of letters, classes, groups, alternatives and repetitions. */
    private static String regex(Random random, int depth) {
        StringBuilder regex = new StringBuilder();
        for (int i = random.nextInt(5); i >= 0; i--) {
            regex.append(
                    switch (random.nextInt(depth > 0 ? 7 : 4)) {
                        case 0 -> "a";
                        case 1 -> "b";
                        case 2 -> ".";
                        case 3 -> "[ab]";
                        case 4 -> "(" + regex(random, depth - 1) + "|" + regex(random, depth - 1) + ")";
                        case 5 -> "(" + regex(random, depth - 1) + ")";
                        default -> "(?:" + regex(random, depth - 1) + ")";
                    });
            regex.append(
                    switch (random.nextInt(9)) {
                        case 0 -> "*";
                        case 1 -> "+";
                        case 2 -> "?";
                        case 3 -> "{1,9}";
                        case 4 -> "*?";
                        default -> "";
                    });
        }
        return regex.toString();
    }

    /** The reason, null when it is taken. */
    private static String refusal(String regex) {
        Violations violations = new Violations();
        boolean taken = RegexText.read(regex, Place.root(violations)).isPresent();
        assertThat(taken).isEqualTo(violations.isEmpty());
        return taken ? null : violations.list().getFirst().reason();
    }
}
