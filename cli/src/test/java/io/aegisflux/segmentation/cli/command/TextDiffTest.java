package io.aegisflux.segmentation.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Wire;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextDiffTest {
    @Test
    void isTheUnifiedDiffOfTheSortedDocuments() {
        assertThat(between("{\"b\": [1, 2], \"a\": \"x\"}", "{\"a\": \"y\", \"b\": [1, 2, 3]}"))
                .containsExactly(
                        "--- v1",
                        "+++ v2",
                        "@@ -1,7 +1,8 @@",
                        " {",
                        "-  \"a\" : \"x\",",
                        "+  \"a\" : \"y\",",
                        "   \"b\" : [",
                        "     1,",
                        "-    2",
                        "+    2,",
                        "+    3",
                        "   ]",
                        " }");
    }

    @Test
    void theOrderOfMembersIsNoDifferenceAndTheOrderOfElementsIsOne() {
        assertThat(between("{\"a\": {\"b\": 1, \"c\": 2}}", "{\"a\": {\"c\": 2, \"b\": 1}}"))
                .isEmpty();
        assertThat(between("{\"a\": [1, 2]}", "{\"a\": [2, 1]}")).isNotEmpty();
    }

    @Test
    void aDeletionIsTheEmptyDocument() {
        assertThat(between("{\"a\": 1}", "{}")).contains("-  \"a\" : 1");
    }

    private static List<String> between(String before, String after) {
        return TextDiff.between("v1", read(before), "v2", read(after));
    }

    private static JsonNode read(String json) {
        return Wire.read(json.getBytes(UTF_8), JsonNode.class);
    }
}
