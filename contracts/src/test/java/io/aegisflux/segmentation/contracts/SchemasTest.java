package io.aegisflux.segmentation.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.AsyncApi.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The schemas are valid, explain themselves, and do not contradict each other. */
class SchemasTest {
    static Stream<String> files() {
        return AsyncApi.read().messages().stream()
                .flatMap(message -> Stream.of(message.schema(), message.headers()))
                .filter(Objects::nonNull)
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("files")
    void isAValidSchemaOfDraft2020WithANameOfItsOwn(String file) {
        JsonNode schema = JsonSchemas.read(file);

        assertThat(JsonSchemas.violationsOfSchema(file)).isEmpty();
        assertThat(schema.get("$schema").asText()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(schema.get("$id").asText())
                .isEqualTo(
                        file.equals(JsonSchemas.POLICY)
                                ? "urn:aegisflux:segmentation:policy:1"
                                : "urn:aegisflux:segmentation:schema:"
                                        + file.replaceAll("^schemas/|\\.schema\\.json$", ""));
    }

    @ParameterizedTest
    @MethodSource("files")
    void saysWhatItAndEachOfItsMembersIs(String file) {
        for (Part part : objects(file)) {
            assertThat(part.schema().path("title").asText()).as(part.pointer()).isNotBlank();
            assertThat(part.schema().path("description").asText())
                    .as(part.pointer())
                    .isNotBlank();
            part.schema().get("properties").properties().forEach(member -> {
                JsonNode named = JsonSchemas.followed(file, member.getValue());
                assertThat(named.path("description").asText())
                        .as("%s/properties/%s", part.pointer(), member.getKey())
                        .isNotBlank();
            });
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void requiresOnlyMembersThatItDescribes(String file) {
        for (Part part : objects(file)) {
            for (JsonNode required : part.schema().path("required")) {
                assertThat(part.schema().get("properties").has(required.asText()))
                        .as("%s requires %s", part.pointer(), required)
                        .isTrue();
            }
        }
    }

    @Test
    void theSchemaOfPoliciesGivesATitleAndAnExampleForEachMember() {
        for (Part part : objects(JsonSchemas.POLICY)) {
            part.schema().get("properties").properties().forEach(member -> {
                JsonNode named = JsonSchemas.followed(JsonSchemas.POLICY, member.getValue());
                String where = part.pointer() + "/properties/" + member.getKey();
                assertThat(named.path("title").asText()).as(where).isNotBlank();
                assertThat(named.path("examples")).as(where).isNotEmpty();
            });
        }
    }

    @Test
    void theExamplesAndDefaultsInTheSchemaOfPoliciesHoldTheirOwnSchema() {
        int examples = 0;
        for (Part part : parts(JsonSchemas.POLICY)) {
            List<JsonNode> values = new ArrayList<>();
            part.schema().path("examples").forEach(values::add);
            if (part.schema().has("default")) {
                values.add(part.schema().get("default"));
            }
            for (JsonNode value : values) {
                assertThat(JsonSchemas.violationsOfPart(JsonSchemas.POLICY, part.pointer(), Wire.write(value)))
                        .as("%s: %s", part.pointer(), value)
                        .isEmpty();
                examples++;
            }
        }
        assertThat(examples).isGreaterThan(60);
    }

    @Test
    void definitionsOfOneTitleAreTheSameInEverySchema() {
        Map<String, JsonNode> first = new HashMap<>();
        files().filter(file -> !file.equals(JsonSchemas.POLICY)).forEach(file -> {
            for (Part part : objects(file)) {
                ObjectNode bare = part.schema().deepCopy();
                bare.remove(List.of("$schema", "$id", "$defs", "description", "allOf"));
                JsonNode other = first.putIfAbsent(part.schema().get("title").asText(), bare);
                if (other != null) {
                    assertThat(bare.toPrettyString()).as(file + part.pointer()).isEqualTo(other.toPrettyString());
                }
            }
        });
    }

    @Test
    void messagesMayGrowSoTheirSchemasForbidNoFurtherMembers() {
        assertThat(AsyncApi.read().messages())
                .extracting(Message::schema)
                .filteredOn(file -> file != null && !file.equals(JsonSchemas.POLICY))
                .allSatisfy(file -> assertThat(objects(file))
                        .allSatisfy(it -> assertThat(
                                        it.schema().path("additionalProperties").isBoolean())
                                .as(file + it.pointer())
                                .isFalse()));
    }

    /** A schema within a file. */
    private record Part(String pointer, JsonNode schema) {}

    /** Every schema of an object with members, the file's own first. */
    private static List<Part> objects(String file) {
        return parts(file).stream()
                .filter(part -> part.schema().path("type").asText().equals("object")
                        && part.schema().has("properties"))
                .filter(part ->
                        !part.pointer().contains("/then/") && !part.pointer().contains("/if/"))
                .toList();
    }

    private static List<Part> parts(String file) {
        List<Part> parts = new ArrayList<>();
        collect("", JsonSchemas.read(file), parts);
        return parts;
    }

    private static void collect(String pointer, JsonNode schema, List<Part> parts) {
        parts.add(new Part(pointer, schema));
        for (String keyword : List.of("properties", "$defs")) {
            schema.path(keyword)
                    .properties()
                    .forEach(it -> collect("%s/%s/%s".formatted(pointer, keyword, it.getKey()), it.getValue(), parts));
        }
        for (String keyword : List.of("items", "additionalProperties")) {
            if (schema.path(keyword).isObject()) {
                collect(pointer + "/" + keyword, schema.get(keyword), parts);
            }
        }
    }
}
