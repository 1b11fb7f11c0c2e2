package io.aegisflux.segmentation.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberRangeTest {
    @Property
    void containsWhatLiesBetweenItsEndsAndThem(
            @ForAll @IntRange(min = 0, max = 0xFFFF) int low,
            @ForAll @IntRange(min = 0, max = 0xFFFF) int high,
            @ForAll @IntRange(min = -1, max = 0x10000) int value) {
        Assume.that(low <= high);
        NumberRange range = new NumberRange(low, high);

        assertThat(range.contains(value)).isEqualTo(low <= value && value <= high);
        assertThat(NumberRange.parse(range.toString())).isEqualTo(range);
        assertThat(Wire.read(Wire.write(range), NumberRange.class)).isEqualTo(range);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-",
                "80-",
                "-80",
                "80 ",
                " 80",
                "80 - 90",
                "80-90-100",
                "080",
                "+80",
                "0x50",
                "8e1",
                "80.0",
                "1,000",
                "999999",
                "80–90",
                "٨٠",
                "８０",
                "80\n",
                "*",
            })
    void refusesAllElse(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NumberRange.parse(text))
                .withMessageContaining("is not a number or a range such as 80-90");
    }

    @ParameterizedTest
    @ValueSource(strings = {"65536", "70000", "0-65536", "90-80", "99999-99999"})
    void refusesNumbersBeyondTheLastAndRangesThatBeginAboveTheirEnd(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NumberRange.parse(text))
                .withMessageContaining("wanted 0 <= low <= high <= 65535");
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "\"\"", "{\"low\":1,\"high\":2}", "[1,2]", "null", "true"})
    void isWrittenInOneWayOnTheWire(String json) {
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> Wire.read(json.getBytes(StandardCharsets.UTF_8), NumberRange.class));
    }
}
