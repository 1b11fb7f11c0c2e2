package io.aegisflux.segmentation.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {
    @Test
    void alignsNumbersRightAndTextsLeftUnderTheirHeading() {
        Table table = new Table("NAME", "COUNT>", "NOTE")
                .row(Cell.of("a"), Cell.of(12_345), Cell.none())
                .row(Cell.of("longer name"), Cell.of(7), Cell.of("x"));

        assertThat(table.lines(false))
                .containsExactly(
                        "NAME         COUNT  NOTE", //
                        "a            12345  –",
                        "longer name      7  x");
    }

    @Test
    void countsCharactersAndNotBytesOrEscapes() {
        Table table =
                new Table("A", "B").row(Glyph.YES.with("ok"), Cell.of("x")).row(Cell.of("😀😀"), Cell.of("y"));

        assertThat(table.lines(false)).containsExactly("A     B", "✔ ok  x", "😀😀    y");
        assertThat(table.lines(true).get(1)).isEqualTo("\u001b[32m✔ ok\u001b[0m  x");
    }

    @Test
    void leavesNoBlanksAtTheEndOfALine() {
        assertThat(new Table("A", "B").row(Cell.of("a"), Cell.of("")).lines(false))
                .containsExactly("A  B", "a");
    }

    @Test
    void takesACellForEachColumn() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Table("A", "B").row(Cell.of("a")));
    }

    @Test
    void showsControlsAndDirectionMarksOfOthersAsQuestionMarks() {
        assertThat(Cell.of("a\u001b[31m\n\u202eb").text()).isEqualTo("a?[31m??b");
        assertThat(Printable.of("\u0007\u009b\u2066x\u2069")).isEqualTo("???x?");
        assertThat(Printable.of("ü→😀")).isEqualTo("ü→😀");
    }

    @Test
    void standsForItsSignsInAscii() {
        assertThat(Signs.inAscii("✔ ✖ ◐ a → b ×3 – …")).isEqualTo("+ x ~ a -> b x3 - ...");
        assertThat(Signs.inAscii("ü😀")).as("what others wrote").isEqualTo("ü😀");
    }

    @ParameterizedTest
    @CsvSource({
        "0, just now",
        "-5, just now",
        "1, 1 s ago",
        "119, 119 s ago",
        "120, 2 m ago",
        "7199, 119 m ago",
        "7200, 2 h ago",
        "172799, 47 h ago",
        "172800, 2 d ago",
    })
    void tellsAgesAsPeopleSayThem(long seconds, String said) {
        Instant now = Instant.parse("2026-11-24T12:00:00Z");

        assertThat(Ages.ago(now.minusSeconds(seconds), now)).isEqualTo(said);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "AUTO, true, -, -, true",
                "AUTO, false, -, -, false",
                "AUTO, true, 1, -, false",
                "AUTO, true, '', -, true",
                "AUTO, true, -, dumb, false",
                "ALWAYS, false, 1, dumb, true",
                "NEVER, true, -, -, false",
            })
    void colorsATerminalUnlessItsUserOrItselfWantsNone(
            ColorWhen when, boolean terminal, String noColor, String term, boolean colors) {
        Map<String, String> environment = new java.util.HashMap<>();
        environment.put("NO_COLOR", noColor);
        environment.put("TERM", term);
        environment.values().removeIf(java.util.Objects::isNull);

        assertThat(when.holds(terminal, environment)).isEqualTo(colors);
    }
}
