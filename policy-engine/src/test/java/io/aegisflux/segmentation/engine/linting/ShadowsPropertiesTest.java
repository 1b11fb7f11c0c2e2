package io.aegisflux.segmentation.engine.linting;

import static io.aegisflux.segmentation.engine.Documents.accepted;
import static io.aegisflux.segmentation.engine.Documents.policy;
import static io.aegisflux.segmentation.engine.Documents.rule;
import static io.aegisflux.segmentation.engine.Documents.when;
import static io.aegisflux.segmentation.engine.naive.RandomWorld.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.LintCode;
import io.aegisflux.segmentation.contracts.LintSeverity;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyApi.LintReply;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.evaluation.Judgement;
import io.aegisflux.segmentation.engine.interval.AddressSet;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import io.aegisflux.segmentation.engine.naive.RandomWorld;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.statistics.Statistics;

/** What is called shadowed never decides, and what is covered by one rule, or in a small world by several, is called so. */
class ShadowsPropertiesTest {
    private static final int PACKETS = 150;
    private static final Map<String, String> LABELS = Map.of("env", "prod");

    @Property(tries = 3_000, shrinking = ShrinkingMode.OFF)
    void aShadowedRuleNeverDecides(@ForAll long seed) {
        RandomWorld world = new RandomWorld(seed);
        List<Policy> policies = policies(world);
        List<Workload> workloads = world.workloads();
        LintReply reply = lint(policies, workloads);
        assertThat(reply.rulesNotJudged()).isZero();
        Set<String> now = shadowed(reply, Set.of(LintSeverity.values()));
        Set<String> ever = shadowed(reply, Set.of(LintSeverity.WARNING));

        assertNoneActs(now, table(policies, "host-a", LABELS, workloads), world);
        if (!ever.isEmpty()) {
            assertNoneActs(ever, table(policies, "host-a", LABELS, world.workloads()), world);
            assertNoneActs(ever, table(policies, "host-b", Map.of(), world.workloads()), world);
            assertNoneActs(ever, table(policies, "other", Map.of("env", "dev"), world.workloads()), world);
        }
        Statistics.label("ever").collect(!ever.isEmpty());
        Statistics.label("only now").collect(now.size() > ever.size());
        Statistics.label("ever").coverage(coverage -> coverage.check(true).percentage(share -> share > 10));
        Statistics.label("only now").coverage(coverage -> coverage.check(true).percentage(share -> share > 0.3));
    }

    @Property(tries = 3_000, shrinking = ShrinkingMode.OFF)
    void aRuleThatOneOtherCoversIsFound(@ForAll long seed) {
        RandomWorld world = new RandomWorld(seed);
        List<Policy> policies = policies(world);
        List<Workload> workloads = world.workloads();
        Set<String> found = shadowed(lint(policies, workloads), Set.of(LintSeverity.values()));
        RuleTable table = table(policies, "host-a", LABELS, workloads);
        boolean isSeen = false;
        for (int later = 0; later < table.rules().size(); later++) {
            TableRule rule = table.rules().get(later);
            if (rule.isDefault() || isPast(rule)) {
                continue;
            }
            for (TableRule other : table.rules().subList(0, later)) {
                if (other.isTerminal() && covers(other, rule)) {
                    assertThat(found).as("%s%n%s", other, rule).contains(name(table, later));
                    isSeen = true;
                }
            }
        }
        Statistics.label("covered").collect(isSeen);
        Statistics.label("covered").coverage(coverage -> coverage.check(true).percentage(share -> share > 10));
    }

    /** All in a world of 8 addresses and 8 ports, where every packet can be looked at. */
    @Property(tries = 2_000, shrinking = ShrinkingMode.OFF)
    void severalThatCoverARuleAreFoundExactly(@ForAll long seed) {
        Random random = new Random(seed);
        int count = 2 + random.nextInt(7);
        boolean[][] left = new boolean[8][8];
        Stream.of(left).forEach(row -> Arrays.fill(row, true));
        List<String> rules = new ArrayList<>();
        Set<String> wanted = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            BitSet addresses = some(random);
            BitSet ports = some(random);
            boolean isOpen = false;
            for (int address : addresses.stream().toArray()) {
                for (int port : ports.stream().toArray()) {
                    isOpen |= left[address][port];
                    left[address][port] = false;
                }
            }
            if (!isOpen) {
                wanted.add("p/r" + i);
            }
            rules.add(rule(
                    "r" + i,
                    "deny",
                    i,
                    "",
                    when("protocol", "eq", "\"tcp\""),
                    when("source_ip", "in", list(addresses, "\"10.0.0.%d\"")),
                    when("dest_port", "in", list(ports, "%d"))));
        }
        Policy policy = accepted(policy("p", 1, "", rules.toArray(String[]::new)));

        assertThat(shadowed(
                        PolicyLint.of(List.of(policy), List.of(), List.of(), List.of(), NOW),
                        Set.of(LintSeverity.WARNING)))
                .as(rules.toString())
                .isEqualTo(wanted);
        Statistics.label("shadowed").collect(!wanted.isEmpty());
        Statistics.label("shadowed").coverage(coverage -> coverage.check(true).percentage(share -> share > 10));
    }

    private static BitSet some(Random random) {
        BitSet bits = new BitSet();
        int low = random.nextInt(8);
        bits.set(low, low + 1 + random.nextInt(8 - low));
        if (random.nextInt(3) == 0) {
            bits.set(random.nextInt(8));
        }
        return bits;
    }

    private static String list(BitSet numbers, String format) {
        return numbers.stream().mapToObj(format::formatted).collect(Collectors.joining(", ", "[", "]"));
    }

    private static void assertNoneActs(Set<String> shadowed, RuleTable table, RandomWorld world) {
        Evaluator evaluator = Evaluator.forFew(table);
        for (int i = 0; i < PACKETS; i++) {
            PacketTuple packet = world.packet();
            for (Duration later : List.of(Duration.ZERO, Duration.ofHours(3), Duration.ofDays(1))) {
                Instant at = NOW.plus(later);
                Judgement judgement = evaluator.judge(packet, at);
                assertThat(Stream.concat(
                                        Stream.of(judgement.rule(), judgement.auditRule()), judgement.passed().stream())
                                .filter(rule -> rule != Judgement.NONE)
                                .map(rule -> name(table, rule)))
                        .as("%s at %s%n%s", packet, at, table)
                        .doesNotContainAnyElementsOf(shadowed.isEmpty() ? Set.of("none") : shadowed);
            }
        }
    }

    private static Set<String> shadowed(LintReply reply, Set<LintSeverity> severities) {
        return reply.findings().stream()
                .filter(finding -> finding.code() == LintCode.SHADOWED_RULE && severities.contains(finding.severity()))
                .map(finding -> finding.policyId() + "/" + finding.ruleId())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static LintReply lint(List<Policy> policies, List<Workload> workloads) {
        return PolicyLint.of(
                policies,
                List.of(),
                List.of(Reports.report("host-a", LABELS, Map.of(), Map.of(), workloads)),
                workloads,
                NOW);
    }

    private static List<Policy> policies(RandomWorld world) {
        List<Policy> policies = new ArrayList<>();
        for (String id : List.of("a", "b", "c")) {
            while (policies.stream().noneMatch(policy -> policy.id().equals(new PolicyId(id)))) {
                if (PolicyParser.parse(Wire.write(world.document(id)), null)
                        instanceof ParseResult.Accepted(Policy policy)) {
                    policies.add(policy);
                }
            }
        }
        return policies;
    }

    private static RuleTable table(
            List<Policy> policies, String host, Map<String, String> labels, List<Workload> workloads) {
        return Lowering.lower(
                policies.stream()
                        .map(policy -> new VersionedPolicy(policy, 1, "0".repeat(64)))
                        .toList(),
                new HostView(new HostId(host), labels, Action.ALLOW),
                workloads);
    }

    private static String name(RuleTable table, int rule) {
        return table.policies().get(table.rules().get(rule).policy()).id() + "/"
                + table.rules().get(rule).ruleId();
    }

    private static boolean isPast(TableRule rule) {
        return rule.expiresAt() != null && !NOW.isBefore(rule.expiresAt());
    }

    /** Member by member: whether each that the first asks for is asked for by the second as narrowly. */
    private static boolean covers(TableRule wide, TableRule narrow) {
        boolean lives = wide.expiresAt() == null
                || narrow.expiresAt() != null && !wide.expiresAt().isBefore(narrow.expiresAt());
        boolean directions = wide.direction() == Direction.BOTH || wide.direction() == narrow.direction();
        return lives
                && directions
                && IntStream.of(4, 6)
                        .allMatch(version -> addresses(narrow.sources(), narrow, version)
                                        .isEmpty()
                                || addresses(narrow.destinations(), narrow, version)
                                        .isEmpty()
                                || within(wide.sources(), narrow.sources(), wide, narrow, version)
                                        && within(wide.destinations(), narrow.destinations(), wide, narrow, version))
                && within(wide.sourcePorts(), narrow.sourcePorts())
                && within(wide.destPorts(), narrow.destPorts())
                && within(wide.icmpTypes(), narrow.icmpTypes())
                && within(wide.icmpCodes(), narrow.icmpCodes())
                && within(wide.protocols(), narrow.protocols())
                && (wide.interfaces() == null
                        || narrow.interfaces() != null && narrow.interfaces().containsAll(wide.interfaces()));
    }

    private static boolean within(
            List<Prefix> wide, List<Prefix> narrow, TableRule wideRule, TableRule narrowRule, int version) {
        return addresses(narrow, narrowRule, version)
                .minus(addresses(wide, wideRule, version))
                .isEmpty();
    }

    private static AddressSet addresses(List<Prefix> prefixes, TableRule rule, int version) {
        if (!Objects.requireNonNullElse(rule.ipVersion(), version).equals(version)) {
            return AddressSet.EMPTY;
        }
        return (prefixes == null ? AddressSet.ALL : AddressSet.of(prefixes)).onlyVersion(version);
    }

    private static boolean within(List<NumberRange> wide, List<NumberRange> narrow) {
        if (wide == null) {
            return true;
        }
        return narrow != null
                && narrow.stream()
                        .flatMapToInt(range -> IntStream.rangeClosed(range.low(), range.high()))
                        .allMatch(number ->
                                wide.stream().anyMatch(range -> range.low() <= number && number <= range.high()));
    }
}
