package io.aegisflux.segmentation.engine.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
    @ParameterizedTest
    @CsvSource({
        "web, web, true",
        "web, web1, false",
        "web-*, web-, true",
        "web-*, web, false",
        "*, anything, true",
        "?, a, true",
        "?, ab, false",
        "*-b, a-b-b, true",
        "a*b*c, axxbyyc, true",
        "a*b*c, axxbyy, false",
        "**, x, true",
    })
    void starStandsForAnyCharactersAndQuestionMarkForOne(String glob, String name, boolean fits) {
        assertThat(new Glob(glob).matches(name)).isEqualTo(fits);
    }

    @Property(tries = 2_000)
    void fitsTheNamesThatItsRegularExpressionFits(
            @ForAll @Chars({'a', 'b', '*', '?', '.', '-', '+', '$', '\\'}) @StringLength(max = 8) String glob,
            @ForAll @Chars({'a', 'b', '.', '-', '+', '$', '\\'}) @StringLength(max = 8) String name) {
        assertThat(new Glob(glob).matches(name)).isEqualTo(name.matches(new Glob(glob).regex()));
    }

    @Property
    void isLiteralWhenItFitsItselfAlone(
            @ForAll @CharRange(from = '!', to = '~') @StringLength(min = 1, max = 6) String glob) {
        assertThat(new Glob(glob).isLiteral()).isEqualTo(!glob.matches(".*[*?].*"));
        assertThat(new Glob(glob).matches(glob)).isTrue();
    }

    @Test
    void takesNoLongerForManyStars() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(2),
                () -> assertThat(new Glob("*a".repeat(31) + "b").matches("a".repeat(10_000)))
                        .isFalse());
    }
}
