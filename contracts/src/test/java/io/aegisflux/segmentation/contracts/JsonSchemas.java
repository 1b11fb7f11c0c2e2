package io.aegisflux.segmentation.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** The JSON Schemas among the resources of this package, by their file's name. Formats are asserted. */
final class JsonSchemas {
    static final String POLICY = "policy.schema.json";

    private static final String META_SCHEMA = "https://json-schema.org/draft/2020-12/schema";
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

    private JsonSchemas() {}

    static JsonNode read(String file) {
        return Wire.read(bytes(file), JsonNode.class);
    }

    static byte[] bytes(String file) {
        try (InputStream in = JsonSchemas.class.getResourceAsStream(file)) {
            return Objects.requireNonNull(in, file).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The schema that stands here, or that its reference within the file names. */
    static JsonNode followed(String file, JsonNode schema) {
        return schema.has("$ref") && !schema.has("description")
                ? read(file).at(schema.get("$ref").asText().substring(1))
                : schema;
    }

    /** What is wrong with the document; empty when it holds the schema. */
    static List<String> violations(String file, byte[] document) {
        Schema schema = SCHEMAS.computeIfAbsent(file, it -> REGISTRY.getSchema(new String(bytes(it), UTF_8)));
        return violations(schema, new String(document, UTF_8));
    }

    /** What is wrong with a part of a document whose own schema stands at this pointer in the file. */
    static List<String> violationsOfPart(String file, String pointer, byte[] document) {
        Schema schema = SCHEMAS.computeIfAbsent(file + "#" + pointer, ignored -> {
            JsonNode whole = read(file);
            ObjectNode part = Wire.mapper()
                    .createObjectNode()
                    .put("$schema", META_SCHEMA)
                    .put("$ref", whole.get("$id").asText() + "#" + pointer);
            part.putObject("$defs").set("whole", whole);
            return REGISTRY.getSchema(part.toString());
        });
        return violations(schema, new String(document, UTF_8));
    }

    /** What is wrong with the schema itself. */
    static List<String> violationsOfSchema(String file) {
        return violations(REGISTRY.getSchema(SchemaLocation.of(META_SCHEMA)), new String(bytes(file), UTF_8));
    }

    private static List<String> violations(Schema schema, String document) {
        return schema
                .validate(
                        document,
                        InputFormat.JSON,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(Error::toString)
                .toList();
    }
}
