package io.aegisflux.segmentation.cli.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.Repository;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written as YAML is what would be written as JSON. */
class YamlTest {
    static Stream<Path> answers() throws Exception {
        return Files.list(Repository.root().resolve("cli/src/test/resources/golden"))
                .filter(file -> file.toString().endsWith(".json"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void everyJsonAnswerIsTheSameTreeInYaml(Path file) throws Exception {
        List<JsonNode> values = Wire.mapper()
                .readerFor(JsonNode.class)
                .<JsonNode>readValues(file.toFile())
                .readAll();

        assertThat(values).isNotEmpty().allSatisfy(YamlTest::assertSame);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yes",
                "no",
                "on",
                "null",
                "~",
                "",
                " ",
                "0x1F",
                "017",
                "1e3",
                "1_000",
                "12:30:45",
                "2026-11-24",
                "2026-11-24T12:00:00Z",
                "- a",
                "a: b",
                "# c",
                "*a",
                "&a",
                "!t",
                "%",
                "@",
                "`",
                "\"",
                "'",
                "a\nb",
                "\t",
                "\u001b[31m",
                "\u0085",
                "\ud83d\ude00",
                "{",
                "[",
                "=",
                "<<",
                ".inf",
                "true"
            })
    void aTextStaysAText(String text) throws Exception {
        assertSame(Wire.mapper().createObjectNode().put("text", text).put(text, text));
    }

    @Test
    void numbersStayNumbers() throws Exception {
        assertSame(
                Wire.mapper()
                        .readTree(
                                "[0, -1, 9223372036854775807, 18446744073709551615, 0.5, 1.50, 12345.678901234567, true, null]"));
    }

    @Test
    void writesNoEscapeBytes() {
        assertThat(Yaml.write(Wire.mapper().createObjectNode().put("a", "\u001b[31m")))
                .doesNotContain("\u001b");
    }

    private static void assertSame(JsonNode value) throws Exception {
        List<JsonNode> read = Yaml.documents(Yaml.write(value).getBytes(StandardCharsets.UTF_8));

        assertThat(read).hasSize(1);
        // by their text: the width of a number's type is no part of JSON
        assertThat(Wire.mapper().readTree(read.getFirst().toString()))
                .isEqualTo(Wire.mapper().readTree(value.toString()));
    }
}
