package io.aegisflux.segmentation.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.aegisflux.segmentation.contracts.AsyncApi.Example;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each example is what its schema, its record and the rest of the story say. */
class ExamplesTest {
    private static final AsyncApi API = AsyncApi.read();

    static Stream<Example> examples() {
        return API.examples();
    }

    static Stream<Arguments> examplesOfRecords() {
        return API.messages().stream()
                .filter(message -> message.type().isPresent())
                .flatMap(message -> message.examples().stream()
                        .map(it -> Arguments.of(it, message.type().orElseThrow())));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void holdsItsSchema(Example example) {
        assertThat(JsonSchemas.violations(example.schema(), example.bytes())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("examplesOfRecords")
    void readsIntoItsRecordAndIsWrittenBackEqual(Example example, Class<?> type) {
        Object message = Wire.read(example.bytes(), type);

        assertThat(json(Wire.write(message))).isEqualTo(json(example.bytes()));
        assertThat(Wire.read(Wire.write(message), type)).isEqualTo(message);
    }

    @Test
    void everyMessageThatHasABodyOrHeadersHasAnExample() {
        assertThat(API.messages())
                .filteredOn(it -> it.schema() != null || it.type().isPresent())
                .allSatisfy(it -> {
                    assertThat(it.examples()).as(it.key()).isNotEmpty();
                    assertThat(it.schema()).as(it.key()).isNotNull();
                });
        assertThat(examples()).allSatisfy(it -> assertThat(it.file()).isEqualTo("examples/%s.json".formatted(it)));
    }

    @Test
    void everyRecordIsAMessageOrPartOfOne() {
        Set<Class<?>> known = new HashSet<>();
        API.messages().stream().flatMap(it -> it.type().stream()).forEach(it -> reach(it, known));
        List<Class<?>> records = new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.aegisflux.segmentation.contracts")
                        .stream()
                        .<Class<?>>map(JavaClass::reflect)
                        .filter(Class::isRecord)
                        .toList();

        assertThat(records)
                .as("asyncapi.yaml wants a message with x-record for it")
                .isSubsetOf(known);
    }

    @Test
    void everyFileOfExamplesAndSchemasIsNamedByTheAsyncApiDocument() throws IOException {
        assertThat(files("examples")).isEqualTo(examples().map(Example::file).collect(Collectors.toSet()));
        assertThat(files("schemas"))
                .isEqualTo(API.messages().stream()
                        .flatMap(it -> Stream.of(it.schema(), it.headers()))
                        .filter(it -> it != null && it.startsWith("schemas/"))
                        .collect(Collectors.toSet()));
    }

    @Test
    void theSeedsDocumentIsByteForByteTheSeeds() {
        assertThat(new String(Examples.read("policy-network-policy-1"), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("""
                        { "id": "network-policy-1", "name": "Web Server Access", "type": "network", "priority": 100, "enabled": true,
                          "rules": [ { "id": "allow-http", "action": "allow", "priority": 1,
                            "conditions": [ {"field": "protocol", "operator": "eq", "value": "tcp"},
                                            {"field": "dest_port", "operator": "eq", "value": 80} ] } ] }
                        """);
    }

    @Test
    void theDemosPolicyIsTheOneThatTheExamplesTellOf() throws IOException {
        byte[] demo = Files.readAllBytes(Path.of(System.getProperty("segmentation.root"), "examples", "web-db.json"));
        StoredPolicy stored = Wire.read(Examples.read("stored-policy"), StoredPolicy.class);
        PolicyAccepted accepted = Wire.read(Examples.read("policy-accepted"), PolicyAccepted.class);
        RuleTable table = Wire.read(Examples.read("rule-table"), RuleTable.class);

        assertThat(demo).isEqualTo(Examples.read("policy-web-db"));
        assertThat(stored.document()).isEqualTo(json(demo));
        assertThat(List.of(
                        stored.digest(),
                        accepted.digest(),
                        table.policies().getFirst().digest()))
                .containsOnly(Digests.sha256Hex(demo));
    }

    @Test
    void theEnvelopesHoldTheDesiredStateAndTheManifestSignedByTheKeyOfTheExamples() {
        DesiredState state = Wire.read(Examples.read("desired-state"), DesiredState.class);
        ArtifactManifest manifest = Wire.read(Examples.read("artifact-manifest"), ArtifactManifest.class);
        EnvelopeSigner signer = ExampleKey.signer();

        assertThat(Wire.read(Examples.read("desired-envelope"), SignedEnvelope.class))
                .isEqualTo(signer.sign(SignedEnvelope.DESIRED_STATE, Wire.write(state)));
        assertThat(Wire.read(Examples.read("build-completed"), BuildCompleted.class)
                        .manifest())
                .isEqualTo(signer.sign(SignedEnvelope.ARTIFACT_MANIFEST, Wire.write(manifest)));
    }

    @Test
    void theDesiredStatesNameTheTableByItsDigestAndSize() {
        byte[] table = Wire.write(Wire.read(Examples.read("rule-table"), RuleTable.class));
        DesiredState inline = Wire.read(Examples.read("desired-state"), DesiredState.class);
        DesiredState large = Wire.read(Examples.read("desired-state-large"), DesiredState.class);

        assertThat(Wire.write(inline.table())).isEqualTo(table);
        assertThat(List.of(
                        inline.tableDigest(),
                        large.tableDigest(),
                        large.tableObject().name()))
                .containsOnly(Digests.sha256Hex(table));
        assertThat(large.tableObject().size()).isEqualTo(table.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nope", "../policy.schema", "events.json", "/etc/passwd", "Metrics"})
    void thereIsNoExampleOfAnotherName(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Examples.read(name))
                .withMessageContaining("no example is called");
    }

    private static void reach(Type type, Set<Class<?>> known) {
        switch (type) {
            case ParameterizedType generic ->
                Arrays.stream(generic.getActualTypeArguments()).forEach(it -> reach(it, known));
            case Class<?> it
            when it.isRecord() && known.add(it) -> {
                for (RecordComponent component : it.getRecordComponents()) {
                    reach(component.getGenericType(), known);
                }
            }
            default -> {}
        }
    }

    private static Set<String> files(String folder) throws IOException {
        Path path = Path.of(
                System.getProperty("segmentation.root"),
                "contracts/src/main/resources/io/aegisflux/segmentation/contracts",
                folder);
        try (Stream<Path> files = Files.list(path)) {
            return files.map(it -> folder + "/" + it.getFileName()).collect(Collectors.toSet());
        }
    }

    private static JsonNode json(byte[] bytes) {
        return Wire.read(bytes, JsonNode.class);
    }
}
