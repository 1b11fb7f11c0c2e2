package io.aegisflux.segmentation.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** Words of the command line that mean more than their text. */
class WordsTest {
    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "5s, PT5S",
        "2m, PT2M",
        "1h, PT1H",
        "7d, PT168H",
        "0s, PT0S",
        "999999999ms, PT277H46M39.999S"
    })
    void readsTimes(String text, Duration duration) {
        assertThat(new DurationText().convert(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-5s", "5 s", "5S", "1.5s", "1w", "5sec", "9999999999s", "PT5S", "٥s"})
    void refusesOtherTimes(String text) {
        assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> new DurationText().convert(text))
                .withMessageContaining("write 500ms, 5s, 2m, 1h or 7d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.b.c", "$JS.API.INFO", "_INBOX.x", "segmentation.policies.web-db", "a*b", "ä.b"})
    void takesSubjects(String subject) {
        assertThat(SubjectText.concrete(subject)).isEqualTo(subject);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "a b", "a\tb", "a\nb", "a\r\nPUB x 0", "a.\u0000"})
    void refusesWhatIsNoSubject(String subject) {
        assertUsage(() -> SubjectText.pattern(subject), "is not a subject");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", ">", "a.*", "a.>", "*.b", "a.*.c"})
    void listensToWildcardsAndPublishesToNone(String subject) {
        assertThat(SubjectText.pattern(subject)).isEqualTo(subject);
        assertUsage(() -> SubjectText.concrete(subject), "it holds a wildcard");
    }

    @Test
    void readsIdsOfHostsAndPolicies() {
        assertThat(new HostIdText().convert("host-a").value()).isEqualTo("host-a");
        assertThat(new PolicyIdText().convert("Web_1").value()).isEqualTo("Web_1");
        assertThatExceptionOfType(TypeConversionException.class).isThrownBy(() -> new HostIdText().convert("a.b"));
        assertThatExceptionOfType(TypeConversionException.class).isThrownBy(() -> new PolicyIdText().convert("*"));
    }

    private static void assertUsage(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(call)
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE));
    }
}
