package io.aegisflux.segmentation.builder.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BoundedWordsTest {
    private static String words(String text) throws IOException {
        return BoundedWords.of(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    @Test
    void areAllThatWasSaidWhenThatIsNotMuch() throws IOException {
        String text = "a.c:1: error\n".repeat(1000);
        assertThat(words(text)).isEqualTo(text);
        assertThat(words("")).isEmpty();
    }

    @Test
    void keepTheBeginningAndTheEndOfALongSpeech() throws IOException {
        String words = words("first" + "x".repeat(10_000_000) + "last");
        assertThat(words)
                .startsWith("firstxxx")
                .endsWith("xxxlast")
                .contains("bytes are left out here")
                .hasSizeLessThanOrEqualTo(BoundedWords.MAX_CHARACTERS);
    }

    @Test
    void fitWhateverBytesCome() throws IOException {
        byte[] noText = new byte[100_000];
        Arrays.fill(noText, (byte) 0xFF);
        assertThat(BoundedWords.of(new ByteArrayInputStream(noText)))
                .hasSizeLessThanOrEqualTo(BoundedWords.MAX_CHARACTERS);
    }
}
