package io.aegisflux.segmentation.engine;

import static io.aegisflux.segmentation.engine.Documents.accepted;
import static io.aegisflux.segmentation.engine.Documents.policy;
import static io.aegisflux.segmentation.engine.Documents.refused;
import static io.aegisflux.segmentation.engine.Documents.rule;
import static io.aegisflux.segmentation.engine.Documents.version1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.contracts.WorkloadId;
import io.aegisflux.segmentation.engine.PolicyLanguagePage.Block;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.linting.PolicyLint;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.naive.RandomWorld;
import io.aegisflux.segmentation.engine.parsing.WorkloadParser;
import io.aegisflux.segmentation.engine.testing.PolicyTests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/policy-language.md says what the engine does. */
class PolicyLanguagePageTest {
    private static final Path FILE = Path.of(System.getProperty("segmentation.root"), "docs", "policy-language.md");
    private static final Map<String, Integer> PROTOCOLS = Map.of("tcp", 6, "udp", 17, "icmp", 1);

    /** Kinds of blocks, and which may stand before. */
    private static final Map<String, Set<String>> SHOWN_WITH =
            Map.of("text", Set.of("json refused", "json lint"), "text decides", Set.of("json"));

    /** Direction, protocol, source, destination with or without a port, action, reason, policy and rule or -. */
    private static final Pattern DECISION = Pattern.compile(
            "(ingress|egress) +([a-z]+) +\\[?([0-9a-f.:]+?)]? → \\[?([0-9a-f.:]+?)]?(?:(?<=]):([0-9]+)|(?<=[0-9]):([0-9]+))?"
                    + " +(allow|deny) +([A-Z_]+) +(\\S+)");

    @Test
    void itsTablesAreTheEngines() throws IOException {
        PolicyLanguagePage wanted = page().withTablesOfTheEngine();
        if ("1".equals(System.getenv("UPDATE_DOCS"))) {
            Files.writeString(FILE, wanted.text());
        }

        assertThat(page().text())
                .as("its first line says how they are written anew")
                .isEqualTo(wanted.text());
    }

    @Test
    void everyBlockIsOfAKindThatIsChecked() {
        assertThat(page().blocks())
                .extracting(Block::kind)
                .isSubsetOf(Set.of(
                        "json",
                        "json rule",
                        "json condition",
                        "json workloads",
                        "json registered",
                        "json refused",
                        "json lint",
                        "text",
                        "text decides"))
                .contains("json", "json rule", "json condition", "json refused", "text decides");
    }

    static Stream<Block> examples() {
        return page().blocks().stream()
                .filter(it -> Set.of("json", "json rule", "json condition").contains(it.kind()));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void itsExamplesAreAccepted(Block block) {
        Policy policy = accepted(
                switch (block.kind()) {
                    case "json rule" -> policy("p", 1, "", block.content());
                    case "json condition" -> policy("p", 1, "", rule("r", "deny", 1, "", block.content()));
                    default -> block.content();
                });
        assertThat(PolicyTests.failures(policy)).isEmpty();
    }

    @Test
    void itsRegisteredWorkloadIsAccepted() {
        assertThat(page().blocks())
                .filteredOn(it -> it.kind().equals("json registered"))
                .singleElement()
                .satisfies(it -> assertThat(
                                WorkloadParser.parse(it.content().getBytes(UTF_8), new WorkloadId("legacy-db")))
                        .isInstanceOf(WorkloadParser.Result.Accepted.class));
    }

    static Stream<Arguments> refusals() {
        return pairs("json refused", "text");
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void itsBadExamplesAreRefusedInTheWordsThatItShows(Block document, Block words) {
        String said = refused(document.content()).stream()
                .map(it -> "%s  %s\n    hint: %s\n".formatted(it.path(), it.reason(), it.hint()))
                .collect(Collectors.joining());

        assertThat(words.content()).isEqualTo(said);
    }

    static Stream<Arguments> findings() {
        return pairs("json lint", "text");
    }

    @ParameterizedTest
    @MethodSource("findings")
    void itsExamplesAreFoundFaultWithInTheWordsThatItShows(Block document, Block words) {
        PolicyApi.LintReply reply =
                PolicyLint.of(List.of(accepted(document.content())), List.of(), List.of(), List.of(), RandomWorld.NOW);
        String said = reply.findings().stream()
                .map(it -> "%s  %s  %s%n    hint: %s%n".formatted(it.path(), it.code(), it.message(), it.hint()))
                .collect(Collectors.joining());

        assertThat(words.content()).isEqualTo(said);
    }

    static Stream<Arguments> decisions() {
        return pairs("json", "text decides");
    }

    @ParameterizedTest
    @MethodSource("decisions")
    void itsExamplesDecideAsItSays(Block document, Block decisions) {
        Evaluator evaluator = Evaluator.forFew(Lowering.lower(
                List.of(version1(document.content())),
                new HostView(new HostId("host-b"), Map.of(), Action.ALLOW),
                workloads()));

        assertThat(decisions.content().lines()).isNotEmpty().allSatisfy(line -> {
            Matcher cells = DECISION.matcher(line);
            assertThat(cells.matches()).as(line).isTrue();
            Decision decision = evaluator.decide(packet(cells), RandomWorld.NOW);
            assertThat(decision.action().wireName()).as(line).isEqualTo(cells.group(7));
            assertThat(decision.reason().wireName()).as(line).isEqualTo(cells.group(8));
            assertThat(decision.policyId() == null ? "-" : decision.policyId() + "/" + decision.ruleId())
                    .as(line)
                    .isEqualTo(cells.group(9));
        });
    }

    private static PacketTuple packet(Matcher cells) {
        String port = cells.group(5) == null ? cells.group(6) : cells.group(5);
        return new PacketTuple(
                Direction.of(cells.group(1)),
                cells.group(3),
                cells.group(4),
                PROTOCOLS.get(cells.group(2)),
                port == null ? null : 40_000,
                port == null ? null : Integer.valueOf(port),
                port == null ? 8 : null,
                port == null ? 0 : null,
                "eth0");
    }

    private static List<Workload> workloads() {
        String content = page().blocks().stream()
                .filter(it -> it.kind().equals("json workloads"))
                .findFirst()
                .orElseThrow()
                .content();
        return List.of(Wire.read(content.getBytes(UTF_8), Workload[].class));
    }

    /** Blocks of the first kind that a block of the second kind follows. */
    private static Stream<Arguments> pairs(String first, String second) {
        List<Arguments> pairs = new ArrayList<>();
        List<Block> blocks = page().blocks();
        for (int i = 1; i < blocks.size(); i++) {
            if (blocks.get(i).kind().equals(second)) {
                assertThat(blocks.get(i - 1).kind())
                        .as("before %s", blocks.get(i))
                        .isIn(SHOWN_WITH.get(second));
                if (blocks.get(i - 1).kind().equals(first)) {
                    pairs.add(Arguments.of(blocks.get(i - 1), blocks.get(i)));
                }
            }
        }
        assertThat(pairs).isNotEmpty();
        return pairs.stream();
    }

    private static PolicyLanguagePage page() {
        try {
            return new PolicyLanguagePage(Files.readString(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
