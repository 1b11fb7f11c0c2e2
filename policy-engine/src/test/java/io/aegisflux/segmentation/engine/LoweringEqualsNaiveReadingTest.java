package io.aegisflux.segmentation.engine;

import static io.aegisflux.segmentation.engine.naive.RandomWorld.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.language.Field;
import io.aegisflux.segmentation.engine.language.Operator;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import io.aegisflux.segmentation.engine.naive.Answer;
import io.aegisflux.segmentation.engine.naive.NaiveConditions;
import io.aegisflux.segmentation.engine.naive.NaiveReading;
import io.aegisflux.segmentation.engine.naive.RandomWorld;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.statistics.Statistics;

/** The promise that everything else rests on: what a host is sent decides as the document says. */
class LoweringEqualsNaiveReadingTest {
    private static final int PACKETS = 100;
    private static final Map<String, String> LABELS = Map.of("env", "prod");

    @Property(tries = 4_000, shrinking = ShrinkingMode.OFF)
    void decidesEveryPacketAsTheDocumentsSay(@ForAll long seed) {
        RandomWorld world = new RandomWorld(seed);
        List<Workload> workloads = world.workloads();
        List<JsonNode> documents = new ArrayList<>();
        List<VersionedPolicy> policies = new ArrayList<>();
        for (String id : List.of("a", "b", "c")) {
            JsonNode document = acceptable(world, id, policies);
            documents.add(document);
        }
        Action posture = seed % 2 == 0 ? Action.ALLOW : Action.DENY;
        NaiveReading naive = new NaiveReading(documents, "host-a", LABELS, posture, new NaiveConditions(workloads));
        RuleTable table = Lowering.lower(policies, new HostView(new HostId("host-a"), LABELS, posture), workloads);
        RuleTable received = Wire.read(Wire.write(table), RuleTable.class);
        Evaluator scanning = Evaluator.forFew(received);
        Evaluator indexed = Evaluator.forMany(received);
        for (int i = 0; i < PACKETS; i++) {
            PacketTuple packet = world.packet();
            Answer wanted = naive.decide(packet, NOW);
            for (Evaluator evaluator : List.of(scanning, indexed)) {
                assertThat(Answer.of(evaluator.decide(packet, NOW)))
                        .as("%s%n%s%n%s%n%s", packet, documents, workloads, table)
                        .isEqualTo(wanted);
            }
            Statistics.label("reason").collect(wanted.reason());
            collectHeld(documents, wanted);
            Statistics.label("logged").collect(wanted.logged().isEmpty() ? "nothing" : "something");
        }
        Statistics.label("reason").coverage(coverage -> {
            for (Reason reason : List.of(
                    Reason.RULE_ALLOW,
                    Reason.RULE_DENY,
                    Reason.DEFAULT_ALLOW,
                    Reason.DEFAULT_DENY,
                    Reason.AUDIT_WOULD_DENY,
                    Reason.POSTURE)) {
                coverage.check(reason).percentage(share -> share > 2);
            }
        });
        Statistics.label("held by the deciding rule").coverage(coverage -> {
            for (Field field : Field.values()) {
                for (Operator operator : field.operators()) {
                    coverage.check(field.word() + " " + operator.word()).count(often -> often >= 20);
                }
            }
        });
        Statistics.label("logged")
                .coverage(coverage -> coverage.check("something").percentage(share -> share > 5));
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void lowersToTheSameTableWhateverTheOrderOfArrival(@ForAll long seed) {
        RandomWorld world = new RandomWorld(seed);
        List<Workload> workloads = new ArrayList<>(world.workloads());
        List<VersionedPolicy> policies = new ArrayList<>();
        for (String id : List.of("a", "b", "c")) {
            acceptable(world, id, policies);
        }
        HostView host = new HostView(new HostId("host-a"), LABELS, Action.ALLOW);
        RuleTable table = Lowering.lower(policies, host, workloads);
        Collections.reverse(policies);
        Collections.reverse(workloads);

        assertThat(Wire.write(Lowering.lower(policies, host, workloads))).isEqualTo(Wire.write(table));
    }

    /** Which fields and operators the conditions of the deciding rule are of: each of them has been seen to hold. */
    private static void collectHeld(List<JsonNode> documents, Answer answer) {
        for (JsonNode document : documents) {
            for (JsonNode rule : document.get("rules")) {
                if ((document.get("id").asText() + "/" + rule.get("id").asText()).equals(answer.by())) {
                    rule.get("conditions")
                            .forEach(it -> Statistics.label("held by the deciding rule")
                                    .collect(pair(it)));
                }
            }
        }
    }

    private static String pair(JsonNode condition) {
        return Field.of(condition.get("field").asText()).orElseThrow().word() + " "
                + condition.get("operator").asText();
    }

    /** The next document that the parser accepts; the only refusals may be those that RandomWorld names. */
    private static JsonNode acceptable(RandomWorld world, String id, List<VersionedPolicy> policies) {
        while (true) {
            JsonNode document = world.document(id);
            switch (PolicyParser.parse(Wire.write(document), null)) {
                case ParseResult.Accepted it -> {
                    policies.add(new VersionedPolicy(it.policy(), 1, "0".repeat(64)));
                    return document;
                }
                case ParseResult.Rejected it ->
                    assertThat(it.violations())
                            .as(document.toString())
                            .allSatisfy(violation ->
                                    assertThat(violation.reason()).containsPattern("no packet's|direction"));
            }
        }
    }
}
