package io.aegisflux.segmentation.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever segctl prints with {@code -o json}, as the golden files hold it, is of a JSON Schema: a message of the bus, or one of
 * segctl's own among its resources.
 */
class GoldenSchemasTest {
    private static final String META_SCHEMA = "https://json-schema.org/draft/2020-12/schema";
    private static final String MESSAGE = "urn:aegisflux:segmentation:schema:";
    private static final String OURS = "urn:aegisflux:segmentation:cli:";
    private static final String POLICY = "urn:aegisflux:segmentation:policy:1";

    /** The schema of each golden file. */
    private static final Map<String, String> SCHEMAS = Map.ofEntries(
            Map.entry("bundle", OURS + "bundle"),
            Map.entry("context-ls", OURS + "contexts"),
            Map.entry("demo-policy", POLICY),
            Map.entry("doctor-ill", OURS + "doctor"),
            Map.entry("events", MESSAGE + "flow-event"),
            Map.entry("explain", MESSAGE + "api-policy-explain-reply"),
            Map.entry("explain-event", MESSAGE + "api-policy-explain-reply"),
            Map.entry("explain-kernel", OURS + "explain-kernel"),
            Map.entry("explain-kernel-behind", OURS + "explain-kernel"),
            Map.entry("flows", OURS + "flow"),
            Map.entry("hosts-ls", MESSAGE + "api-policy-hosts-reply"),
            Map.entry("hosts-rm", MESSAGE + "api-policy-remove-host-reply"),
            Map.entry("import-k8s", OURS + "import-k8s"),
            Map.entry("import-k8s-stdout", POLICY),
            Map.entry("map", MESSAGE + "api-telemetry-map-reply"),
            Map.entry("plan", MESSAGE + "api-policy-plan-reply"),
            Map.entry("policy-apply", OURS + "policy-apply"),
            Map.entry("policy-delete", MESSAGE + "policy-accepted"),
            Map.entry("policy-diff", OURS + "policy-diff"),
            Map.entry("policy-get", MESSAGE + "stored-policy"),
            Map.entry("policy-history", MESSAGE + "api-policy-history-reply"),
            Map.entry("policy-lint", MESSAGE + "api-policy-lint-reply"),
            Map.entry("policy-ls", MESSAGE + "api-policy-list-reply"),
            Map.entry("policy-rollback", MESSAGE + "policy-accepted"),
            Map.entry("policy-suggest", MESSAGE + "api-policy-suggest-reply"),
            Map.entry("policy-unused", MESSAGE + "api-policy-unused-reply"),
            Map.entry("req", OURS + "message"),
            Map.entry("rollout-ls", MESSAGE + "api-policy-rollouts-reply"),
            Map.entry("rollout-status", MESSAGE + "api-policy-rollout-reply"),
            Map.entry("status", OURS + "status"),
            Map.entry("top", MESSAGE + "api-telemetry-top-reply"),
            Map.entry("workload-get", MESSAGE + "registered-workload"),
            Map.entry("workload-ls", MESSAGE + "api-policy-workloads-reply"),
            Map.entry("workload-rm", MESSAGE + "workload-accepted"));

    /** Files whose values are each of the schema: objects on lines of their own, or elements of an array. */
    private static final List<String> EACH = List.of("events", "flows", "import-k8s-stdout");

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(everySchema()));

    static Stream<String> goldens() {
        try (Stream<Path> files = Files.list(directory("cli/src/test/resources/golden"))) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .map(name -> name.substring(0, name.length() - ".json".length()))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void isOfItsSchema(String golden) throws IOException {
        assertThat(SCHEMAS).as("the schema of %s.json is named here", golden).containsKey(golden);
        List<JsonNode> values = values(golden);
        assertThat(values).isNotEmpty();
        for (JsonNode value : values) {
            assertThat(violations(SCHEMAS.get(golden), value))
                    .as(value.toString())
                    .isEmpty();
        }
    }

    @Test
    void noSchemaIsNamedForWhatIsNotThere() {
        assertThat(SCHEMAS.keySet())
                .containsExactlyInAnyOrderElementsOf(goldens().toList());
    }

    @Test
    void whatIsNotOfItsSchemaIsFound() throws IOException {
        JsonNode status = values("status").getFirst();
        ((ObjectNode) status.at("/hosts/0")).put("state", "fine");
        assertThat(violations(OURS + "status", status))
                .singleElement()
                .asString()
                .contains("state");
        JsonNode applied = values("policy-apply").getFirst();
        ((ObjectNode) applied.at("/0/error")).remove("code");
        assertThat(violations(OURS + "policy-apply", applied))
                .as("also in what a schema of segctl's takes from one of the bus")
                .isNotEmpty();
    }

    @Test
    void segctlsOwnSchemasAreValid() throws IOException {
        try (Stream<Path> files =
                Files.list(directory("cli/src/main/resources/io/aegisflux/segmentation/cli/schemas"))) {
            assertThat(files).isNotEmpty().allSatisfy(file -> {
                JsonNode schema = Wire.read(Files.readAllBytes(file), JsonNode.class);
                assertThat(violations(META_SCHEMA, schema)).isEmpty();
                assertThat(schema.path("$id").asText())
                        .isEqualTo(OURS + file.getFileName().toString().replace(".schema.json", ""));
            });
        }
    }

    private static List<JsonNode> values(String golden) throws IOException {
        String text = Files.readString(
                        directory("cli/src/test/resources/golden").resolve(golden + ".json"))
                .replace("\"TIME\"", "\"2026-11-24T12:00:00Z\"");
        List<JsonNode> values = new ArrayList<>();
        ObjectMapper several = new ObjectMapper(); // Wire's takes one value alone
        JsonParser parser = several.createParser(text);
        while (parser.nextToken() != null) {
            values.add(several.readTree(parser));
        }
        if (!EACH.contains(golden)) {
            assertThat(values).as("one value").hasSize(1);
            return values;
        }
        return values.stream()
                .flatMap(value -> value.isArray() ? value.valueStream() : Stream.of(value))
                .toList();
    }

    private static List<String> violations(String schema, JsonNode value) {
        return REGISTRY
                .getSchema(SchemaLocation.of(schema))
                .validate(
                        value.toString(),
                        InputFormat.JSON,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(Error::toString)
                .toList();
    }

    /** By their ids, so that they may speak of each other. */
    private static Map<String, String> everySchema() {
        Map<String, String> schemas = new HashMap<>();
        for (String module : List.of("contracts", "cli")) {
            String inside = module + "/src/main/resources/io/aegisflux/segmentation/" + module;
            for (String folder : List.of(inside, inside + "/schemas")) {
                try (Stream<Path> files = Files.list(directory(folder))) {
                    files.filter(file -> file.toString().endsWith(".schema.json"))
                            .forEach(file -> schemas.put(id(file), read(file)));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return schemas;
    }

    private static String id(Path file) {
        return Wire.read(read(file).getBytes(UTF_8), JsonNode.class).get("$id").asText();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path directory(String name) {
        return Repository.root().resolve(name);
    }
}
