package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.agent.libbpf.TestRun;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.classbench.ClassBench;
import io.aegisflux.segmentation.engine.classbench.GroupTables;
import io.aegisflux.segmentation.engine.classbench.Profile;
import io.aegisflux.segmentation.engine.classbench.Trace;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.evaluation.Judgement;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import io.aegisflux.segmentation.engine.naive.RandomWorld;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.lang.foreign.MemorySegment;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The kernel and policy-engine judge alike: random policies, lowered and installed as on any host, and tables of the
 * ClassBench kind of up to 100,000 rules, against random packets, each run through the loaded programs.
 */
@NeedsKernel
class DifferentialIT {
    private static final int WORLDS = 330;
    private static final int PACKETS = 3_500;
    private static final int LOOKS = 50_000_000; // of the evaluator at rules, for each table of ClassBench
    private static final Instant LONG_BEFORE = RandomWorld.NOW.minus(Duration.ofDays(1));
    private static final List<String> INTERFACES = List.of("eth0", "eth1", "veth1", "lo");

    private TwoHosts hosts;
    private KernelDatapath datapath;
    private int eth0;
    private static final int EDITS = 40;

    private long revision;

    @BeforeEach
    void load() throws DatapathException {
        hosts = new TwoHosts();
        datapath = KernelDatapath.of(
                new KernelDatapath.Places(hosts.pins(), INTERFACES, Optional.empty(), XdpMode.OFF, Action.ALLOW),
                Clock.systemUTC());
        hosts.host().call(() -> datapath.load(CompiledObject.bytes(), CompiledObject.digest()));
        eth0 = hosts.host().call(() -> NetDevices.find("eth0").orElseThrow().index());
    }

    @AfterEach
    void remove() {
        hosts.host().call(() -> {
            datapath.remove();
            return null;
        });
        hosts.close();
    }

    @Test
    void judgesAMillionPacketsByRandomPoliciesAsPolicyEngineDoes() {
        Tally tally = run((runs, sums) -> {
            for (int seed = 0; seed < WORLDS; seed++) {
                compare(seed, runs, sums);
            }
        });
        assertThat(tally.packets).isEqualTo((WORLDS - tally.tooLarge) * PACKETS).isGreaterThan(1_000_000);
        // a run that never met a rule would prove nothing
        assertThat(tally.byRule).isGreaterThan(tally.packets / 4);
        assertThat(tally.denied).isGreaterThan(tally.packets / 10);
        assertThat(tally.audited).isGreaterThan(tally.packets / 100);
        assertThat(tally.byLabel).as("decided by a rule on labels").isGreaterThan(10_000);
        assertThat(tally.byOneOfSeveralDefaults).isGreaterThan(tally.packets / 100);
        assertThat(tally.otherBeforeExpiry)
                .as("judged otherwise before something expired")
                .isGreaterThan(10_000);
        assertThat(Arrays.stream(tally.byPolicy).min().orElseThrow())
                .as("each of the policies decides")
                .isGreaterThan(tally.packets / 20);
        assertThat(tally.marked).isPositive();
        assertThat(tally.dscp).isPositive();
        assertThat(tally.limited).isPositive();
        assertThat(tally.ipv6).isGreaterThan(tally.packets / 5);
        assertThat(tally.atTheHook).isGreaterThan(5_000);
    }

    @Test
    void judgesFourHundredThousandPacketsByLargeTablesAsPolicyEngineDoes() {
        Tally tally = run((runs, sums) -> {
            for (int ipVersion : new int[] {4, 6}) {
                for (Profile profile : Profile.values()) {
                    for (int rules : new int[] {10, 100, 1_000, 3_000, 10_000, 100_000}) {
                        compare(profile, rules, ipVersion, runs, sums);
                    }
                }
            }
        });
        assertThat(tally.packets).isGreaterThan(400_000);
        assertThat(tally.byRule).isGreaterThan(tally.packets / 4);
        assertThat(tally.denied).isGreaterThan(tally.packets / 10);
        assertThat(tally.audited).isPositive();
    }

    @Test
    void judgesTablesThatEditsHaveMadeAsPolicyEngineDoes() {
        int[] withEdits = new int[1];
        Tally tally = run((runs, sums) -> {
            for (int ipVersion : new int[] {4, 6}) {
                for (int rules : new int[] {20, 1_000, 5_000}) {
                    RuleTable table = ClassBench.table(Profile.ACL, rules, ipVersion, ipVersion);
                    compare(table, ipVersion, 100, runs, sums);
                    RandomEdits edits = new RandomEdits(rules, ipVersion);
                    for (int i = 0; i < EDITS; i++) {
                        table = edits.next(table);
                        compare(table, ipVersion, 1_000, runs, sums);
                        withEdits[0] += hasEdits() ? 1 : 0;
                    }
                }
            }
        });
        assertThat(tally.packets).isGreaterThan(6 * EDITS * 900);
        assertThat(withEdits[0]).as("not all had trees of their own").isGreaterThan(3 * EDITS);
    }

    @Test
    void judgesByLargeSetsOfAddressesAsPolicyEngineDoes() {
        int[] withSets = new int[1];
        int[] withEdits = new int[1];
        Tally tally = run((runs, sums) -> {
            for (int ipVersion : new int[] {4, 6}) {
                for (int groups : new int[] {1, 3, 12, 30, 150}) {
                    // of 150 not all can be sets
                    RuleTable table = GroupTables.table(
                            groups, groups > 32 ? 40 : 800, 4 * groups, ipVersion, groups + ipVersion);
                    compare(table, ipVersion, 8_000, runs, sums);
                    withSets[0] += bankInForce(bank -> numberOfSpaces(bank, "class_words")) > 0 ? 1 : 0;
                    RandomEdits edits = new RandomEdits(groups, ipVersion);
                    for (int i = 0; i < 10; i++) {
                        table = edits.next(table);
                        compare(table, ipVersion, 1_000, runs, sums);
                        withEdits[0] += hasEdits() ? 1 : 0;
                    }
                }
            }
        });
        assertThat(tally.packets).isGreaterThan(150_000);
        assertThat(tally.byRule).isGreaterThan(tally.packets / 4);
        assertThat(withSets[0]).as("all had large sets").isEqualTo(10);
        assertThat(withEdits[0]).as("edits beside large sets").isGreaterThan(20);
    }

    private boolean hasEdits() throws BpfException {
        return bankInForce(bank -> numberOfSpaces(bank, "edits")) > 0;
    }

    private int bankInForce(ToIntFunction<MemorySegment> read) throws BpfException {
        try (DatapathMaps maps = new DatapathMaps(new PinDirectory(hosts.pins()))) {
            return read.applyAsInt(maps.bank(maps.inForce().bank()));
        }
    }

    /** A number of both spaces of a bank, together. */
    private static int numberOfSpaces(MemorySegment bank, String name) {
        long at = Structs.offset(Structs.SPACE, name);
        return bank.get(JAVA_INT, at) + bank.get(JAVA_INT, Structs.SPACE.byteSize() + at);
    }

    private interface Comparison {
        void run(Runs runs, Tally tally) throws Exception;
    }

    private record Runs(TestRun golden, TestRun ingress, BpfMap trials) {}

    private Tally run(Comparison comparison) {
        return hosts.host().call(() -> {
            PinDirectory pins = new PinDirectory(hosts.pins());
            Tally sums = new Tally();
            try (BpfProgram golden = BpfProgram.ofPin(pins.program(Program.GOLDEN));
                    BpfProgram ingress = BpfProgram.ofPin(pins.program(Program.TC_INGRESS));
                    BpfMap trials = BpfMap.ofPin(pins.map("trials"));
                    TestRun byGolden = new TestRun(golden);
                    TestRun byIngress = new TestRun(ingress)) {
                comparison.run(new Runs(byGolden, byIngress, trials), sums);
            }
            return sums;
        });
    }

    /** The evaluator looks at one rule after the other: it knows nothing of trees. */
    private void compare(Profile profile, int rules, int ipVersion, Runs runs, Tally tally)
            throws DatapathException, BpfException {
        RuleTable table = ClassBench.table(profile, rules, ipVersion, rules + ipVersion);
        compare(table, ipVersion, Math.min(20_000, LOOKS / rules), runs, tally);
    }

    private void compare(RuleTable table, int ipVersion, int packets, Runs runs, Tally tally)
            throws DatapathException, BpfException {
        datapath.install(table, Tables.identity(table, ++revision), RandomWorld.NOW, Duration.ZERO);
        Evaluator evaluator = Evaluator.forFew(table);
        Map<Book.Name, Integer> slots = book().slotsByName();
        Trace trace = new Trace(table, ipVersion, revision);
        for (int i = 0; i < packets; i++) {
            PacketTuple packet = trace.next();
            if (PacketBytes.canBe(packet)) {
                Judgement expected = evaluator.judge(packet, RandomWorld.NOW);
                Trial found = tried(packet, runs);
                Trial wanted = expected(expected, table, slots, found);
                if (!found.equals(wanted)) { // a description of such a table for each packet would take hours
                    assertThat(found)
                            .as(
                                    "%d rules, revision %d, IPv%d, %s",
                                    table.rules().size(), revision, ipVersion, packet)
                            .isEqualTo(wanted);
                }
                tally.add(packet, expected, found);
            }
        }
    }

    private static Trial tried(PacketTuple packet, Runs runs) throws BpfException {
        runs.golden.skb(
                0,
                packet.direction() == Direction.INGRESS ? 0 : 1,
                packet.interfaceName() == null ? 0 : 1 + INTERFACES.indexOf(packet.interfaceName()));
        runs.golden.run(PacketBytes.frame(packet));
        return Trial.read(runs.trials);
    }

    private void compare(int seed, Runs runs, Tally tally) throws DatapathException, BpfException {
        RandomWorld world = new RandomWorld(seed);
        Case each = table(world, seed);
        RuleTable table = each.table();
        try {
            datapath.install(table, Tables.identity(table, ++revision), RandomWorld.NOW, Duration.ZERO);
        } catch (DatapathException e) {
            assertThat(e).as("the only refusal there may be").hasMessageMatching("the table needs .* at most .* fit");
            tally.tooLarge++;
            return;
        }
        Evaluator evaluator = Evaluator.forFew(table);
        Map<Book.Name, Integer> slots = book().slotsByName();
        for (int i = 0; i < PACKETS; i++) {
            PacketTuple packet = packet(world);
            Judgement expected = evaluator.judge(packet, RandomWorld.NOW);
            Trial found = tried(packet, runs);
            Trial wanted = expected(expected, table, slots, found);
            tally.add(each, expected, evaluator.judge(packet, LONG_BEFORE));
            if (!found.equals(wanted)) {
                assertThat(found)
                        .as("seed %d, %s by %s", seed, packet, Wire.mapper().valueToTree(table))
                        .isEqualTo(wanted);
            }
            tally.add(packet, expected, found);
            if (packet.direction() == Direction.INGRESS
                    && "eth0".equals(packet.interfaceName())
                    && packet.protocol() == 6
                    && packet.destPort() != null
                    && !isLoopback(packet)) {
                // a SYN is judged by itself at the hook too, whatever conntrack remembers
                int verdict = runs.ingress.skb(eth0, 0, 0).run(PacketBytes.frame(packet));
                if ((verdict == 2) != (expected.action() == Action.DENY)) {
                    throw new AssertionError("tc_ingress, seed %d: %d for %s".formatted(seed, verdict, packet));
                }
                tally.atTheHook++;
            }
        }
    }

    private static PacketTuple packet(RandomWorld world) {
        PacketTuple packet = world.packet();
        while (!PacketBytes.canBe(packet)) {
            packet = world.packet();
        }
        return packet;
    }

    private Book book() throws BpfException {
        PinDirectory pins = new PinDirectory(hosts.pins());
        try (Kernel kernel = Kernel.adopt(pins)) {
            return Generations.of(kernel, new Interfaces(INTERFACES, Action.ALLOW), InstantSource.system())
                    .books()
                    .inForce();
        }
    }

    /**
     * A table of random policies.
     *
     * @param byLabel the rules whose documents have conditions on labels, by their place in the table
     * @param defaults how many policies have a default action
     */
    private record Case(RuleTable table, Set<Integer> byLabel, long defaults) {
        static Case of(RuleTable table, Set<String> rulesOnLabels) {
            Set<Integer> byLabel = IntStream.range(0, table.rules().size())
                    .filter(i ->
                            rulesOnLabels.contains(nameOf(table, table.rules().get(i))))
                    .boxed()
                    .collect(Collectors.toSet());
            return new Case(
                    table,
                    byLabel,
                    table.rules().stream().filter(TableRule::isDefault).count());
        }

        private static String nameOf(RuleTable table, TableRule rule) {
            return table.policies().get(rule.policy()).id() + "/" + rule.ruleId();
        }
    }

    private static Case table(RandomWorld world, int seed) {
        List<VersionedPolicy> policies = new ArrayList<>();
        Set<String> rulesOnLabels = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            String id = "policy-" + i;
            JsonNode tree = world.document(id);
            for (JsonNode rule : tree.get("rules")) {
                if (rule.get("conditions").findValuesAsText("field").stream().anyMatch(it -> it.contains(".label."))) {
                    rulesOnLabels.add(id + "/" + rule.get("id").asText());
                }
            }
            byte[] document = Wire.write(tree);
            if (PolicyParser.parse(document, new PolicyId(id)) instanceof ParseResult.Accepted accepted) {
                policies.add(new VersionedPolicy(accepted.policy(), 1 + seed % 7, Digests.sha256Hex(document)));
            }
        }
        RuleTable table = Lowering.lower(
                policies,
                new HostView(new HostId("host-a"), Map.of("env", "prod"), seed % 3 == 0 ? Action.DENY : Action.ALLOW),
                world.workloads());
        return Case.of(table, rulesOnLabels);
    }

    /** What the kernel must leave; the mark stands only where it is set. */
    private static Trial expected(Judgement judgement, RuleTable table, Map<Book.Name, Integer> slots, Trial found) {
        boolean denied = judgement.action() == Action.DENY;
        TableRule audit =
                judgement.auditRule() == Judgement.NONE ? null : table.rules().get(judgement.auditRule());
        boolean wouldDeny = audit != null && audit.action() == Action.DENY;
        Optional<TableRule> mark = judgement.passed().stream()
                .map(table.rules()::get)
                .filter(rule -> rule.action() == Action.MARK && rule.dscp() == null && !rule.audit())
                .reduce((first, second) -> second);
        int dscp = judgement.passed().stream()
                .map(table.rules()::get)
                .filter(passed -> passed.dscp() != null && !passed.audit())
                .reduce((first, second) -> second)
                .map(TableRule::dscp)
                .orElse(Trial.NO_DSCP);
        TableRule rule =
                judgement.rule() == Judgement.NONE ? null : table.rules().get(judgement.rule());
        return new Trial(
                denied ? Verdict.DROPPED : wouldDeny ? Verdict.AUDITED : Verdict.ALLOWED,
                !denied && wouldDeny ? Reason.AUDIT_WOULD_DENY : reason(rule),
                rule == null ? Book.NO_SLOT : slots.get(Book.Name.of(table, rule)),
                wouldDeny ? slots.get(Book.Name.of(table, audit)) : Book.NO_SLOT,
                mark.map(marking -> (int) marking.mark()).orElse(found.mark()),
                mark.isPresent(),
                dscp,
                rule == null || rule.rateLimit() == null ? 0 : BoxWords.argument(rule));
    }

    private static Reason reason(TableRule rule) {
        if (rule == null) {
            return Reason.POSTURE;
        }
        if (rule.isDefault()) {
            return rule.action() == Action.DENY ? Reason.DEFAULT_DENY : Reason.DEFAULT_ALLOW;
        }
        return rule.action() == Action.DENY ? Reason.RULE_DENY : Reason.RULE_ALLOW;
    }

    private static boolean isLoopback(PacketTuple packet) {
        return packet.sourceIp().equals("::1") && packet.destIp().equals("::1");
    }

    private static final class Tally {
        private int packets;
        private int tooLarge;
        private int byRule;
        private int denied;
        private int audited;
        private int marked;
        private int dscp;
        private int limited;
        private int ipv6;
        private int atTheHook;
        private int byLabel;
        private int byOneOfSeveralDefaults;
        private int otherBeforeExpiry;
        private final int[] byPolicy = new int[3];

        /** @param before the judgement of a time when nothing had expired yet */
        void add(Case each, Judgement expected, Judgement before) {
            otherBeforeExpiry += expected.equals(before) ? 0 : 1;
            if (expected.rule() != Judgement.NONE) {
                TableRule rule = each.table().rules().get(expected.rule());
                byLabel += each.byLabel().contains(expected.rule()) ? 1 : 0;
                byOneOfSeveralDefaults += rule.isDefault() && each.defaults() > 1 ? 1 : 0;
                String policy = each.table().policies().get(rule.policy()).id().value();
                byPolicy[Integer.parseInt(policy.substring("policy-".length()))]++;
            }
        }

        void add(PacketTuple packet, Judgement expected, Trial found) {
            packets++;
            byRule += expected.rule() == Judgement.NONE ? 0 : 1;
            denied += expected.action() == Action.DENY ? 1 : 0;
            audited += found.verdict() == Verdict.AUDITED ? 1 : 0;
            marked += found.marked() ? 1 : 0;
            dscp += found.dscp() == Trial.NO_DSCP ? 0 : 1;
            limited += found.limit() == 0 ? 0 : 1;
            ipv6 += packet.sourceIp().indexOf(':') >= 0 ? 1 : 0;
        }
    }
}
