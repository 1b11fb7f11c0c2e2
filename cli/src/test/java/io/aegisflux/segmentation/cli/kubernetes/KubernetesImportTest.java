package io.aegisflux.segmentation.cli.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.cli.yaml.Yaml;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import io.aegisflux.segmentation.harness.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is imported decides what Kubernetes does. */
class KubernetesImportTest {
    private static final Path RECIPES = Repository.root().resolve("cli/src/test/resources/kubernetes/recipes");
    private static final ImportSettings ENFORCED = new ImportSettings("default", 1000, Mode.ENFORCE);
    private static final Map<String, Integer> PROTOCOLS = Map.of("TCP", 6, "UDP", 17, "SCTP", 132);
    private static final List<Integer> PORTS = List.of(53, 80, 5432, 32_000, 32_768, 32_769);

    private record Difference(String from, String to, String protocol, int port, boolean kubernetes) {}

    static Stream<Path> recipes() throws Exception {
        return Files.list(RECIPES).sorted();
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void aRecipeOfTheDocumentationDecidesTheSame(Path recipe) throws Exception {
        List<JsonNode> policies = Yaml.documents(Files.readAllBytes(recipe));
        List<Imported> imported = imported(policies, ENFORCED);

        assertThat(imported).allSatisfy(each -> assertThat(each.outcome()).isEqualTo(Imported.Outcome.CARRIED));
        assertThat(differences(policies, imported)).isEmpty();
        assertThat(new Denials(policies).count())
                .as("the recipe denies something, or allows everything on purpose")
                .matches(denied -> denied > 0 || recipe.toString().contains("allow-all"));
    }

    private record Denials(List<JsonNode> policies) {
        long count() {
            NetworkPolicyReading reading = new NetworkPolicyReading(policies);
            return connections()
                    .filter(each -> !reading.allows(each.from(), each.to(), each.protocol(), each.port()))
                    .count();
        }
    }

    @Test
    void randomPoliciesThatCanBeSaidDecideTheSame() {
        for (long seed = 0; seed < 300; seed++) {
            List<JsonNode> policies = new RandomPolicies(seed, false).some();
            assertThat(differences(policies, imported(policies, ENFORCED)))
                    .as("seed %d: %s", seed, policies)
                    .isEmpty();
        }
    }

    @Test
    void whatCannotBeSaidOfPeersAndPortsIsToldAndAllowsLessNeverMore() {
        int lost = 0;
        for (long seed = 0; seed < 150; seed++) {
            List<JsonNode> policies = new RandomPolicies(seed, true).some();
            List<Imported> imported = imported(policies, ENFORCED);
            List<Difference> differences = differences(policies, imported);
            assertThat(differences)
                    .as("seed %d: %s", seed, policies)
                    .allSatisfy(
                            difference -> assertThat(difference.kubernetes()).isTrue());
            if (!differences.isEmpty()) {
                lost++;
                assertThat(imported.stream().flatMap(each -> each.notes().stream()))
                        .as("seed %d: %s", seed, policies)
                        .anyMatch(note -> note.effect() == Note.Effect.ALLOWS_LESS);
            }
        }
        assertThat(lost).isGreaterThan(10);
    }

    @Test
    void inAuditModeEverythingPassesAndWhatKubernetesDeniesIsReported() {
        for (long seed = 0; seed < 40; seed++) {
            List<JsonNode> policies = new RandomPolicies(seed, false).some();
            NetworkPolicyReading reading = new NetworkPolicyReading(policies);
            Evaluator evaluator = evaluator(imported(policies, new ImportSettings("default", 1000, Mode.AUDIT)));
            connections().forEach(each -> {
                List<Decision> decisions = decisions(evaluator, each);
                assertThat(decisions).allMatch(decision -> decision.action() == Action.ALLOW);
                assertThat(decisions.stream().noneMatch(decision -> decision.audit() != null))
                        .as("%s %s", each, policies)
                        .isEqualTo(reading.allows(each.from(), each.to(), each.protocol(), each.port()));
            });
        }
    }

    @Test
    void theIsolationOfOnePolicyDoesNotCutWhatAnotherAllowsWhateverTheirNames() throws Exception {
        List<JsonNode> policies = Yaml.documents(Files.readAllBytes(RECIPES.resolve("several-add-up.yaml")));

        assertThat(differences(policies, imported(policies.reversed(), ENFORCED)))
                .isEmpty();
    }

    @Test
    void longNamesAndDotsComeToIdsThatDiffer() {
        String longest = "a".repeat(120) + ".b." + "c".repeat(120);
        List<Imported> imported = imported(
                Stream.of("a-b.c", "a.b-c", "b", longest, longest + "d")
                        .map(name -> named("default", name))
                        .toList(),
                ENFORCED);
        List<String> ids = Stream.concat(
                        imported.stream(), imported(List.of(named("a", "b"), named("a-b", "x")), ENFORCED).stream())
                .flatMap(each -> each.policies().stream())
                .toList();

        assertThat(ids)
                .doesNotHaveDuplicates()
                .allMatch(id -> id.length() <= 128)
                .contains("k8s_isolation_default_a-b_c");
    }

    @Test
    void theSecondPolicyOfANameIsLeftOutAndTold() {
        List<Imported> imported = imported(List.of(named("default", "web"), named("default", "web")), ENFORCED);

        assertThat(imported.getLast().outcome()).isEqualTo(Imported.Outcome.SKIPPED);
        assertThat(imported.getLast().notes())
                .singleElement()
                .satisfies(note -> assertThat(note.reason()).contains("#1 has a policy of this name already"));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void whatKubernetesWouldRefuseIsNotGuessedAt(String spec, String path) throws Exception {
        JsonNode policy = Wire.mapper().readTree("""
                {"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"x","namespace":"default"},
                 "spec":%s}
                """.formatted(spec));
        Imported imported = imported(List.of(policy), ENFORCED).getFirst();

        assertThat(imported.notes()).extracting(Note::path).contains(path);
        assertThat(imported.hasLoss()).isTrue();
        assertThat(imported.documents().stream()
                        .map(document -> document.path("priority").asInt()))
                .as("no allow rule is left of it")
                .doesNotContain(1000);
        evaluator(List.of(imported));
    }

    static Stream<org.junit.jupiter.params.provider.Arguments> malformed() {
        return Map.ofEntries(
                        Map.entry("{\"podSelectors\":{}}", "/spec/podSelectors"),
                        Map.entry("{\"podSelector\":[]}", "/spec/podSelector"),
                        Map.entry("{\"policyTypes\":[\"Both\"]}", "/spec/policyTypes"),
                        Map.entry("{\"ingress\":{}}", "/spec/ingress"),
                        Map.entry(
                                "{\"podSelector\":{\"matchLabels\":{\"a\":true}}}", "/spec/podSelector/matchLabels/a"),
                        Map.entry(
                                "{\"podSelector\":{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"DoesNotExist\"}]}}",
                                "/spec/podSelector/matchExpressions/0"),
                        Map.entry(
                                "{\"podSelector\":{\"matchLabels\":{\"namespace\":\"a\"}}}",
                                "/spec/podSelector/matchLabels/namespace"),
                        Map.entry("{\"ingress\":[{\"from\":[{}]}]}", "/spec/ingress/0/from/0"),
                        Map.entry("{\"ingress\":[{\"to\":[]}]}", "/spec/ingress/0/to"),
                        Map.entry(
                                "{\"ingress\":[{\"from\":[{\"ipBlock\":{\"cidr\":\"10.0.0.0\"}}]}]}",
                                "/spec/ingress/0/from/0/ipBlock/cidr"),
                        Map.entry(
                                "{\"ingress\":[{\"from\":[{\"ipBlock\":{\"cidr\":\"10.0.0.0/8\",\"except\":[\"11.0.0.0/8\"]}}]}]}",
                                "/spec/ingress/0/from/0/ipBlock/except/0"),
                        Map.entry("{\"ingress\":[{\"ports\":[{\"port\":\"http\"}]}]}", "/spec/ingress/0/ports/0/port"),
                        Map.entry("{\"ingress\":[{\"ports\":[{\"port\":0}]}]}", "/spec/ingress/0/ports/0/port"),
                        Map.entry(
                                "{\"ingress\":[{\"ports\":[{\"port\":80,\"endPort\":79}]}]}",
                                "/spec/ingress/0/ports/0/endPort"),
                        Map.entry("{\"ingress\":[{\"ports\":[{\"endPort\":79}]}]}", "/spec/ingress/0/ports/0/endPort"),
                        Map.entry(
                                "{\"ingress\":[{\"ports\":[{\"protocol\":\"ICMP\"}]}]}",
                                "/spec/ingress/0/ports/0/protocol"))
                .entrySet()
                .stream()
                .map(entry -> org.junit.jupiter.params.provider.Arguments.of(entry.getKey(), entry.getValue()));
    }

    private static JsonNode named(String namespace, String name) {
        ObjectNode policy = Wire.mapper().createObjectNode();
        policy.put("apiVersion", "networking.k8s.io/v1").put("kind", "NetworkPolicy");
        policy.putObject("metadata").put("namespace", namespace).put("name", name);
        policy.putObject("spec").putObject("podSelector");
        return policy;
    }

    private static List<Imported> imported(List<JsonNode> policies, ImportSettings settings) {
        List<Manifest> manifests = new ArrayList<>();
        policies.forEach(policy -> manifests.add(new Manifest("#" + (manifests.size() + 1), policy)));
        return KubernetesImport.of(manifests, settings);
    }

    private record Connection(Cluster.End from, Cluster.End to, String protocol, int port) {}

    private static Stream<Connection> connections() {
        return Cluster.ends().stream()
                .flatMap(from -> Cluster.ends().stream()
                        .filter(to -> !to.equals(from))
                        .flatMap(to -> PROTOCOLS.keySet().stream()
                                .flatMap(protocol ->
                                        PORTS.stream().map(port -> new Connection(from, to, protocol, port)))));
    }

    private static List<Difference> differences(List<JsonNode> policies, List<Imported> imported) {
        NetworkPolicyReading reading = new NetworkPolicyReading(policies);
        Evaluator evaluator = evaluator(imported);
        List<Difference> differences = new ArrayList<>();
        connections().forEach(each -> {
            boolean wanted = reading.allows(each.from(), each.to(), each.protocol(), each.port());
            boolean passes =
                    decisions(evaluator, each).stream().allMatch(decision -> decision.action() == Action.ALLOW);
            if (wanted != passes) {
                differences.add(new Difference(
                        each.from().address(), each.to().address(), each.protocol(), each.port(), wanted));
            }
        });
        return differences;
    }

    /** Where it leaves, when that is a pod, and where it arrives. */
    private static List<Decision> decisions(Evaluator evaluator, Connection connection) {
        List<Decision> decisions = new ArrayList<>();
        for (Direction direction : List.of(Direction.EGRESS, Direction.INGRESS)) {
            Cluster.End end = direction == Direction.EGRESS ? connection.from() : connection.to();
            if (end.pod() != null) {
                decisions.add(evaluator.decide(
                        new PacketTuple(
                                direction,
                                connection.from().address(),
                                connection.to().address(),
                                PROTOCOLS.get(connection.protocol()),
                                40_000,
                                connection.port(),
                                null,
                                null,
                                null),
                        Instant.EPOCH));
            }
        }
        return decisions;
    }

    /** Parses what was written as policy-service does, and lowers it for a host with all pods. */
    private static Evaluator evaluator(List<Imported> imported) {
        List<VersionedPolicy> policies = imported.stream()
                .flatMap(each -> each.documents().stream())
                .map(KubernetesImportTest::parsed)
                .map(policy -> new VersionedPolicy(policy, 1, "0".repeat(64)))
                .toList();
        return Evaluator.forFew(Lowering.lower(
                policies,
                new HostView(new HostId("node"), Map.of(), Action.ALLOW),
                Cluster.PODS.stream().map(Cluster.Pod::workload).toList()));
    }

    private static Policy parsed(ObjectNode document) {
        ParseResult result = PolicyParser.parse(Wire.write(document), null);
        assertThat(result).as(document.toPrettyString()).isInstanceOf(ParseResult.Accepted.class);
        return ((ParseResult.Accepted) result).policy();
    }
}
