package io.aegisflux.segmentation.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.language.Field;
import io.aegisflux.segmentation.engine.language.Operator;
import io.aegisflux.segmentation.engine.language.PolicyType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** contracts' operators.json, for editors and dashboards, is the table by which the parser judges. */
class OperatorTableTest {
    private static final Path FILE = Path.of(
            System.getProperty("segmentation.root"),
            "contracts/src/main/resources/io/aegisflux/segmentation/contracts/operators.json");

    @Test
    void theCommittedFileIsTheTableOfTheEngine() throws IOException {
        if ("1".equals(System.getenv("UPDATE_DOCS"))) {
            Files.writeString(FILE, text());
        }

        assertThat(FILE).content(UTF_8).isEqualTo(text());
        assertThat(Wire.class.getResource("operators.json")).isNotNull();
    }

    private static String text() throws JsonProcessingException {
        ObjectNode table = Wire.mapper().createObjectNode();
        table.put(
                "description",
                "Which operators go with which field of a condition; any other pair is refused. Generated from the engine:"
                        + " UPDATE_DOCS=1 ./mvnw -pl policy-engine -am test -Dtest=OperatorTableTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false");
        ObjectNode operators = table.putObject("operators");
        for (Operator operator : Operator.values()) {
            operators
                    .putObject(operator.word())
                    .put("meaning", operator.meaning())
                    .put("list", operator.takesList());
        }
        ObjectNode fields = table.putObject("fields");
        for (Field field : Field.values()) {
            ObjectNode entry = fields.putObject(field.word()).put("value", field.valueForm());
            add(
                    entry,
                    "operators",
                    field.operators().stream().map(Operator::word).toList());
        }
        ObjectNode reserved = table.putObject("reserved");
        add(reserved, "fields", Field.RESERVED);
        add(reserved, "types", PolicyType.RESERVED);
        Separators separators =
                Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER);
        return Wire.mapper().writer(new DefaultPrettyPrinter(separators)).writeValueAsString(table) + "\n";
    }

    private static void add(ObjectNode node, String member, List<String> words) {
        words.forEach(node.putArray(member)::add);
    }
}
