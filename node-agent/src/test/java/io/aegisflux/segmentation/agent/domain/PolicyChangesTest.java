package io.aegisflux.segmentation.agent.domain;

import static io.aegisflux.segmentation.agent.domain.DomainFixtures.deny;
import static io.aegisflux.segmentation.agent.domain.DomainFixtures.policy;
import static io.aegisflux.segmentation.agent.domain.DomainFixtures.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.RuleTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyChangesTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private static PolicyChanges.Change change(String id, String action, Long version) {
        return new PolicyChanges.Change(new PolicyId(id), action, "network", version);
    }

    @Test
    void tellsWhatCameChangedAndWent() {
        RuleTable after = new RuleTable(
                List.of(policy("kept", 1), policy("changed", 2), policy("new", 1)),
                List.of(deny(0, "deny-kept", null), deny(1, "deny-changed", null), deny(2, "x", null)),
                Action.ALLOW);
        assertThat(PolicyChanges.between(table("kept", "changed", "gone"), after))
                .containsExactly(
                        change("changed", "updated", 2L),
                        change("new", "created", 1L),
                        change("gone", "deleted", null));
    }

    @Test
    void tellsAPolicyThatStandsWithoutRulesFromOneThatDecides() {
        RuleTable enabled = table("p");
        RuleTable disabled = new RuleTable(List.of(policy("p", 2)), List.of(), Action.ALLOW);
        assertThat(PolicyChanges.between(enabled, disabled)).containsExactly(change("p", "disabled", 2L));
        assertThat(PolicyChanges.between(disabled, enabled)).containsExactly(change("p", "enabled", 1L));
    }

    @Test
    void tellsNothingOfEqualTables() {
        assertThat(PolicyChanges.between(table("a", "b"), table("a", "b"))).isEmpty();
    }

    @Test
    void findsTheNextExpiryAfterNow() {
        RuleTable expiring = new RuleTable(
                List.of(policy("p", 1)),
                List.of(
                        deny(0, "past", NOON),
                        deny(0, "later", NOON.plusSeconds(9)),
                        deny(0, "soon", NOON.plusSeconds(2)),
                        deny(0, "never", null)),
                Action.ALLOW);
        assertThat(Expiry.next(expiring, NOON)).contains(NOON.plusSeconds(2));
        assertThat(Expiry.next(expiring, NOON.plusSeconds(2))).contains(NOON.plusSeconds(9));
        assertThat(Expiry.next(expiring, NOON.plusSeconds(9))).isEmpty();
    }

    @Test
    void waitsTwiceAsLongAfterEachFailureOfTheSameThing() {
        Backoff backoff = new Backoff(Duration.ofSeconds(30), Duration.ofSeconds(100));
        assertThat(backoff.allows("x", NOON)).isTrue();
        assertThat(backoff.failed("x", NOON)).hasSeconds(30);
        assertThat(backoff.allows("x", NOON.plusSeconds(29))).isFalse();
        assertThat(backoff.allows("other", NOON)).isTrue();
        assertThat(backoff.allows("x", NOON.plusSeconds(30))).isTrue();
        assertThat(backoff.failed("x", NOON)).hasSeconds(60);
        assertThat(backoff.failed("x", NOON)).hasSeconds(100);
        backoff.succeeded();
        assertThat(backoff.failed("x", NOON)).hasSeconds(30);
    }
}
