package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Canary;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.Rollout;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which hosts are canaries, which version is in force where, and what becomes of it. */
class RolloutTest {
    private static final PolicyId WEB = new PolicyId("web");
    private static final HostId A = new HostId("a");
    private static final HostId B = new HostId("b");
    private static final Instant T = Instant.parse("2026-11-25T10:00:00Z");
    private static final Canary ON_A = new Canary(null, null, List.of(A), 1, 60, 30, 90, 100, Canary.AUTO);
    private static final DesiredRecord TOLD = new DesiredRecord(1, 8, "d".repeat(64), null, Position.START, 4);

    @Test
    void aPercentageIsOfTheHostsThatThePolicyIsForAndAtLeastOne() {
        assertThat(canaries(percent(10), fleet(50))).hasSize(5);
        assertThat(canaries(percent(10), fleet(9))).hasSize(1);
        assertThat(canaries(percent(99), fleet(2))).hasSize(1);
        assertThat(canaries(percent(100), fleet(7))).hasSize(7);
        assertThat(canaries(percent(10), List.of())).isEmpty();
    }

    @Test
    void theSameHostsAreChosenWhateverTheOrderInWhichTheyWereHeardOf() {
        List<CapabilityReport> fleet = new ArrayList<>(fleet(50));
        Set<HostId> chosen = canaries(percent(20), fleet);
        for (int seed = 0; seed < 10; seed++) {
            Collections.shuffle(fleet, new Random(seed));
            assertThat(canaries(percent(20), fleet)).isEqualTo(chosen);
        }
    }

    @Test
    void anotherVersionTriesOtherHosts() {
        Set<Set<HostId>> chosen = IntStream.range(2, 12)
                .mapToObj(version -> CanaryHosts.of(
                        entry(version, percent(10), PolicyBookTest.version("web", 1, 80)), book(fleet(50))))
                .collect(Collectors.toSet());
        assertThat(chosen).hasSizeGreaterThan(5);
    }

    @Test
    void hostsThatWereGoneWhenTheVersionCameAreNotChosenWhileOthersAreThere() {
        List<CapabilityReport> fleet = new ArrayList<>(fleet(5));
        IntStream.range(0, 45).forEach(i -> fleet.add(report("gone-" + i, Map.of(), T.minusSeconds(3_601))));
        assertThat(canaries(percent(20), fleet))
                .hasSize(1)
                .allMatch(host -> !host.value().startsWith("gone"));
        assertThat(canaries(percent(20), fleet.subList(5, 50))).hasSize(9);
    }

    @Test
    void hostsWhichTheVersionBeforeWasForAreCanariesTooForItIsTakenFromThem() {
        StoredPolicy base = Documents.stored(
                "web",
                1,
                Documents.policy("web", "\"applies_to\": {\"hosts\": [\"a\"]},", Documents.rule("r", 80)),
                1,
                T);
        StoredPolicy next = staged(
                2,
                Documents.policy("web", "\"applies_to\": {\"hosts\": [\"b\"]},", Documents.rule("r", 80)),
                new Canary(100, null, null, 1, 60, 30, 90, 100, Canary.AUTO));
        PolicyBook.Entry entry =
                PolicyBook.EMPTY.with(next, Optional.of(base), 5).entries().get(WEB);
        assertThat(CanaryHosts.of(entry, book(List.of(report("a"), report("b"), report("c")))))
                .containsExactlyInAnyOrder(A, B);
    }

    @Test
    void labelsAndNamesChoose() {
        List<CapabilityReport> fleet = List.of(
                report("a", Map.of("tier", "canary", "site", "x"), T),
                report("b", Map.of("tier", "canary"), T),
                report("c", Map.of("tier", "prod"), T));
        Canary labels = new Canary(null, Map.of("tier", "canary", "site", "x"), null, 1, 60, 30, 90, 100, Canary.AUTO);
        Canary names = new Canary(null, null, List.of(B, new HostId("z")), 1, 60, 30, 90, 100, Canary.AUTO);
        assertThat(canaries(labels, fleet)).containsExactly(A);
        assertThat(canaries(names, fleet)).containsExactly(B);
    }

    @ParameterizedTest
    @CsvSource({
        ", 2, 1",
        "PAUSED, 2, 1",
        "PROMOTED, 2, 2",
        "ABORTED, 1, 1",
    })
    void theStateSaysWhichVersionIsInForceWhere(RolloutState state, long onCanary, long elsewhere) {
        World world = world(ON_A, state);
        assertThat(versions(world, A)).containsExactly(onCanary);
        assertThat(versions(world, B)).containsExactly(elsewhere);
        Map<HostId, HostTable> tables = new Tables().of(world);
        world.hosts()
                .all()
                .forEach(host -> assertThat(tables.get(host.hostId()).table()).isEqualTo(world.table(host)));
    }

    @Test
    void aFirstVersionThatIsAbortedIsInForceNowhere() {
        Canary overNothing = ON_A.over(0);
        assertThat(versions(world(overNothing, null), A)).containsExactly(2L);
        assertThat(versions(world(overNothing, null), B)).isEmpty();
        assertThat(versions(world(overNothing, RolloutState.ABORTED), A)).isEmpty();
    }

    @Test
    void nothingIsToldWhileTheVersionBelowIsNotKnown() {
        PolicyBook book = PolicyBook.EMPTY.with(staged(2, Documents.policy("web", 443), ON_A), Optional.empty(), 3);
        assertThat(book.unreadable()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = RolloutState.class,
            names = {"PROMOTED", "ABORTED", "SUPERSEDED"})
    void whatIsDecidedStaysWhateverIsWrittenThere(RolloutState decided) {
        RolloutBook book =
                RolloutBook.EMPTY.with(word(2, RolloutState.PAUSED), 1).with(word(2, decided), 2);
        for (RolloutState later : RolloutState.values()) {
            assertThat(book.with(word(2, later), 3).of(WEB, 2).orElseThrow().state())
                    .isEqualTo(decided);
        }
        assertThat(book.with(word(1, RolloutState.ABORTED), 3).sequence()).isEqualTo(3);
    }

    @Test
    void aPausedRolloutMayGoOnAndARunningOneIsNotResumed() {
        assertThat(RolloutBook.canFollow(RolloutState.PAUSED, RolloutState.RUNNING))
                .isTrue();
        assertThat(RolloutBook.canFollow(RolloutState.RUNNING, RolloutState.RUNNING))
                .isFalse();
        assertThat(RolloutBook.canFollow(RolloutState.PAUSED, RolloutState.PAUSED))
                .isFalse();
    }

    // Acceptance

    @Test
    void aStagedPublishNamesTheVersionThatTheOthersKeep() {
        StoredPolicy first = PolicyBookTest.version("web", 1, 80);
        assertThat(accepted(443, true, first, RolloutState.PROMOTED).canary().baseVersion())
                .isEqualTo(1);
        StoredPolicy second = staged(2, Documents.policy("web", 443), ON_A);
        assertThat(accepted(22, true, second, RolloutState.RUNNING).canary().baseVersion())
                .isEqualTo(1);
        assertThat(accepted(22, true, second, RolloutState.ABORTED).canary().baseVersion())
                .isEqualTo(1);
        assertThat(accepted(22, true, second, RolloutState.PROMOTED).canary().baseVersion())
                .isEqualTo(2);
        assertThat(accepted(22, false, second, RolloutState.RUNNING).canary()).isNull();
    }

    @Test
    void theSameDocumentIsAVersionAgainWhereItIsNotInForceAsPublished() {
        StoredPolicy second = staged(2, Documents.policy("web", 443), ON_A);
        assertThat(acceptance(443, true, second, RolloutState.RUNNING)).isInstanceOf(Acceptance.NothingNew.class);
        assertThat(acceptance(443, false, second, RolloutState.RUNNING)).isInstanceOf(Acceptance.NewVersion.class);
        assertThat(acceptance(443, true, second, RolloutState.ABORTED)).isInstanceOf(Acceptance.NewVersion.class);
        assertThat(acceptance(443, false, second, RolloutState.PROMOTED)).isInstanceOf(Acceptance.NothingNew.class);
        assertThat(acceptance(443, true, second, RolloutState.PROMOTED)).isInstanceOf(Acceptance.NothingNew.class);
    }

    @Test
    void aDeletionCannotBeStaged() {
        Publish publish = new Publish(WEB, new byte[0], 9, T, terms(new Staging.Staged(ON_A)));
        assertThat(Acceptance.of(publish, Optional.of(PolicyBookTest.version("web", 1, 80)), RolloutState.PROMOTED, T))
                .isInstanceOfSatisfying(
                        Acceptance.Refused.class,
                        it -> assertThat(it.violations().getFirst().reason()).contains("cannot be staged"));
    }

    // Judgement

    @Test
    void itIsPromotedWhenEveryCanaryHasReportedCountersAfterItsSoak() {
        CanarySigns soaked = signs(A, T, T.plusSeconds(60), 0, null);
        CanarySigns soaking = signs(B, T.plusSeconds(20), T.plusSeconds(79), 0, null);
        assertThat(judge(RolloutState.RUNNING, 61, soaked)).isInstanceOf(Judgement.Promote.class);
        assertThat(judge(RolloutState.RUNNING, 61, soaked, soaking)).isInstanceOf(Judgement.Wait.class);
        assertThat(judge(RolloutState.PAUSED, 61, soaked)).isInstanceOf(Judgement.Wait.class);
        Canary manual = new Canary(null, null, List.of(A), 1, 60, 30, 90, 100, Canary.MANUAL);
        assertThat(Judgement.of(manual, RolloutState.RUNNING, List.of(soaked), T, T.plusSeconds(61)))
                .isInstanceOf(Judgement.Wait.class);
    }

    @Test
    void itIsAbortedForTheHostThatHasNotAcknowledgedInTime() {
        CanarySigns silent = signs(B, null, null, 0, null);
        assertThat(judge(RolloutState.RUNNING, 30, silent)).isInstanceOf(Judgement.Wait.class);
        assertThat(judge(RolloutState.PAUSED, 31, silent))
                .isEqualTo(new Judgement.Abort("b: has not acknowledged it within 30 s"));
    }

    @Test
    void itIsAbortedForTheHostThatFellSilent() {
        CanarySigns silent = new CanarySigns(A, T, T.plusSeconds(5), T.plusSeconds(5), 0, null);
        assertThat(judge(RolloutState.RUNNING, 95, silent)).isInstanceOf(Judgement.Wait.class);
        assertThat(judge(RolloutState.RUNNING, 96, silent))
                .isEqualTo(new Judgement.Abort("a: has said nothing for 90 s"));
    }

    @Test
    void silenceFromBeforeWeListenedMeansNothing() {
        CanarySigns silent = new CanarySigns(A, T, T.plusSeconds(5), T.plusSeconds(5), 0, null);
        assertThat(Judgement.of(ON_A, RolloutState.RUNNING, List.of(silent), T.plusSeconds(300), T.plusSeconds(301)))
                .as("and what it said before is no soak")
                .isInstanceOf(Judgement.Wait.class);
    }

    @Test
    void itIsAbortedForDropsAndForWhatTheHostRefused() {
        assertThat(judge(RolloutState.RUNNING, 1, signs(A, T, T, 100, null))).isInstanceOf(Judgement.Wait.class);
        assertThat(judge(RolloutState.RUNNING, 1, signs(A, T, T, 101, null)))
                .isEqualTo(new Judgement.Abort("a: its rules dropped 101 packets, at most 100 are allowed"));
        assertThat(judge(RolloutState.RUNNING, 1, signs(A, null, T, 0, "the table is not taken")))
                .isEqualTo(new Judgement.Abort("a: the table is not taken"));
    }

    @Test
    void withoutAnyCanaryItIsAborted() {
        assertThat(judge(RolloutState.RUNNING, 30)).isInstanceOf(Judgement.Wait.class);
        assertThat(judge(RolloutState.RUNNING, 31)).isInstanceOf(Judgement.Abort.class);
    }

    // Signs

    @Test
    void aHostAcknowledgesByItsUpdateOrByTheRevisionInItsCounters() {
        HostSigns signs = watching();
        assertThat(signs.canary(A, WEB, TOLD, true).acknowledgedAt()).isNull();
        signs.updated(update(1, "applied"), T, T);
        assertThat(signs.canary(A, WEB, TOLD, true).acknowledgedAt())
                .as("another version")
                .isNull();
        signs.updated(update(2, "applied"), T.plusSeconds(1), T);
        signs.updated(update(2, "applied"), T.plusSeconds(9), T);
        assertThat(signs.canary(A, WEB, TOLD, true).acknowledgedAt()).isEqualTo(T.plusSeconds(1));

        HostSigns other = watching();
        other.measured(metrics(7, 0, 0, 1), T, T);
        assertThat(other.canary(A, WEB, TOLD, true).acknowledgedAt()).isNull();
        other.measured(metrics(8, 0, 0, 2), T.plusSeconds(5), T);
        assertThat(other.canary(A, WEB, TOLD, false).acknowledgedAt())
                .as("it was not told of it yet")
                .isNull();
        assertThat(other.canary(A, WEB, TOLD, true).acknowledgedAt()).isEqualTo(T.plusSeconds(5));
        other.updated(update(2, "applied"), T.plusSeconds(3), T);
        assertThat(other.canary(A, WEB, TOLD, true).acknowledgedAt())
                .as("the update is read after the counters that came behind it")
                .isEqualTo(T.plusSeconds(3));
    }

    @Test
    void aHostsRefusalIsKnownByItsUpdateOrByTheRevisionInItsEvent() {
        for (String result : List.of("refused", "rolled_back")) {
            HostSigns signs = watching();
            signs.updated(update(2, result), T, T);
            assertThat(signs.canary(A, WEB, TOLD, true).trouble()).isEqualTo("because");
        }
        for (String type : List.of(SystemEvent.TABLE_REJECTED, SystemEvent.TABLE_ROLLED_BACK)) {
            HostSigns signs = watching();
            signs.happened(A, event(type, 7), T);
            assertThat(signs.canary(A, WEB, TOLD, true).trouble()).isNull();
            signs.happened(A, event(type, 8), T);
            assertThat(signs.canary(A, WEB, TOLD, true).trouble()).isEqualTo("message");
            assertThat(signs.canary(A, WEB, TOLD, false).trouble()).isNull();
        }
    }

    @Test
    void dropsAreThoseOfTheVersionsDenyingRulesAloneThoughCountersGoOnFromTheVersionBefore() {
        HostSigns signs = watching();
        signs.measured(metrics(7, 5_000, 0, 1), T, T);
        signs.measured(metrics(8, 5_007, 1, 2), T.plusSeconds(10), T);
        assertThat(drops(signs)).isEqualTo(7);
        signs.measured(metrics(8, 5_020, 1, 3), T.plusSeconds(20), T);
        signs.measured(metrics(8, 5_020, 1, 3), T.plusSeconds(20), T);
        assertThat(drops(signs)).isEqualTo(20);
    }

    @Test
    void countersThatBeganAnewGoOnWithWhatWasCounted() {
        HostSigns signs = watching();
        signs.measured(metrics(7, 5_000, 0, 100), T, T);
        signs.measured(metrics(8, 5_007, 1, 200), T.plusSeconds(10), T);
        signs.measured(metrics(8, 4, 1, 50), T.plusSeconds(20), T);
        assertThat(drops(signs)).isEqualTo(11);
    }

    @Test
    void withoutOlderCountersTheFirstOnesCountOnlyWhereTheVersionIsTheFirst() {
        HostSigns signs = watching();
        signs.measured(metrics(8, 5_000, 1, 1), T, T);
        assertThat(drops(signs)).isZero();
        signs.measured(metrics(8, 5_001, 1, 2), T.plusSeconds(10), T);
        assertThat(drops(signs)).isEqualTo(1);

        HostSigns first = new HostSigns(Map.of(WEB, new HostSigns.Watched(2, 0, Set.of("deny"))));
        first.measured(metrics(8, 12, 1, 1), T, T);
        assertThat(drops(first)).isEqualTo(12);
    }

    private static long drops(HostSigns signs) {
        return signs.canary(A, WEB, TOLD, true).drops();
    }

    private static HostSigns watching() {
        return new HostSigns(Map.of(WEB, new HostSigns.Watched(2, 1, Set.of("deny"))));
    }

    private static PolicyUpdate update(long version, String result) {
        return new PolicyUpdate(
                A, WEB, "updated", "network", version, 8, T, Map.of("result", result, "reason", "because"));
    }

    private static SystemEvent event(String type, long revision) {
        return new SystemEvent(
                A.value(), type, "datapath", "message", "error", T, Map.of("epoch", 1, "revision", revision));
    }

    /** @param second 1 for version 2, else version 1 */
    private static MetricsReport metrics(long revision, long denied, long second, long packets) {
        return new MetricsReport(
                A,
                packets,
                0,
                0,
                0,
                0,
                0,
                0,
                1,
                revision,
                1,
                0,
                0,
                0,
                denied == 0
                        ? List.of()
                        : List.of(
                                new MetricsReport.RuleHit(WEB, 1 + second, "deny", denied, 0, null),
                                new MetricsReport.RuleHit(WEB, 1 + second, "allow", 99_999, 0, null),
                                new MetricsReport.RuleHit(new PolicyId("db"), 2, "deny", 99_999, 0, null)),
                Map.of(),
                List.of(),
                List.of(),
                T);
    }

    private static CanarySigns signs(HostId host, Instant acknowledged, Instant measured, long drops, String trouble) {
        return new CanarySigns(host, acknowledged, T, measured, drops, trouble);
    }

    private static Judgement judge(RolloutState state, long seconds, CanarySigns... hosts) {
        return Judgement.of(ON_A, state, List.of(hosts), T, T.plusSeconds(seconds));
    }

    private static StoredPolicy accepted(int port, boolean isStaged, StoredPolicy latest, RolloutState state) {
        return ((Acceptance.NewVersion) acceptance(port, isStaged, latest, state)).stored();
    }

    private static Acceptance acceptance(int port, boolean isStaged, StoredPolicy latest, RolloutState state) {
        Publish publish = new Publish(
                WEB,
                Documents.policy("web", port),
                9,
                T,
                terms(isStaged ? new Staging.Staged(ON_A.over(0)) : Staging.AT_ONCE));
        return Acceptance.of(publish, Optional.of(latest), state, T);
    }

    private static List<Long> versions(World world, HostId host) {
        return InForce.of(world).on(host).stream().map(VersionedPolicy::version).toList();
    }

    /** @param state null without a word about it */
    private static World world(Canary canary, RolloutState state) {
        PolicyBook.Entry entry = entry(2, canary, PolicyBookTest.version("web", 1, 80));
        RolloutBook words = state == null ? RolloutBook.EMPTY : RolloutBook.EMPTY.with(word(2, state), 1);
        return World.EMPTY
                .with(new PolicyBook(Map.of(WEB, entry), 5))
                .with(book(List.of(report("a"), report("b"))))
                .with(words);
    }

    private static PolicyBook.Entry entry(long version, Canary canary, StoredPolicy base) {
        return PolicyBook.EMPTY
                .with(
                        staged(version, Documents.policy("web", 443), canary),
                        canary.baseVersion() == 0 ? Optional.empty() : Optional.of(base),
                        5)
                .entries()
                .get(WEB);
    }

    private static StoredPolicy staged(long version, byte[] document, Canary canary) {
        StoredPolicy plain = Documents.stored("web", version, document, version, T);
        return new StoredPolicy(
                WEB,
                version,
                plain.action(),
                plain.digest(),
                plain.document(),
                version,
                plain.storedAt(),
                canary,
                null);
    }

    private static PublishTerms terms(Staging staging) {
        return new PublishTerms(Expectation.ANYTHING, staging, Authorship.UNSAID);
    }

    private static Rollout word(long version, RolloutState state) {
        return new Rollout(WEB, version, 1, state, "because", T, Rollout.SERVICE);
    }

    private static Canary percent(int percent) {
        return new Canary(percent, null, null, 1, 60, 30, 90, 100, Canary.AUTO);
    }

    private static Set<HostId> canaries(Canary canary, List<CapabilityReport> fleet) {
        return CanaryHosts.of(entry(2, canary, PolicyBookTest.version("web", 1, 80)), book(fleet));
    }

    private static HostBook book(List<CapabilityReport> fleet) {
        HostBook book = HostBook.EMPTY;
        for (CapabilityReport report : fleet) {
            book = book.with(report, book.sequence() + 1);
        }
        return book;
    }

    private static List<CapabilityReport> fleet(int hosts) {
        return IntStream.range(0, hosts).mapToObj(i -> report("host-" + i)).toList();
    }

    private static CapabilityReport report(String host) {
        return report(host, Map.of(), T);
    }

    private static CapabilityReport report(String host, Map<String, String> labels, Instant at) {
        return new CapabilityReport(
                new HostId(host),
                "x86_64",
                "6.1",
                true,
                Map.of(),
                Map.of(),
                Map.of(),
                labels,
                List.of(),
                List.of(),
                Action.ALLOW,
                at);
    }
}
