package io.aegisflux.segmentation.telemetry.domain;

import static io.aegisflux.segmentation.telemetry.domain.Fixtures.T0;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.applied;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.at;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.deleted;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.stored;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Canary;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PropagationTest {
    private final PolicyCatalog policies = new PolicyCatalog();
    private final Propagation propagation = new Propagation(policies);

    @Test
    void takesTheTimeFromTheStoredVersionToItsHost() {
        policies.stored(stored("p", 1, at(10)));
        policies.stored(stored("p", 2, at(20)));
        assertThat(propagation.applied(applied("host-a", "p", 1L, 5, at(20.5)), T0))
                .containsExactly(Duration.ofMillis(10_500));
        assertThat(propagation.applied(applied("host-a", "p", 2L, 6, at(20.5)), T0))
                .containsExactly(Duration.ofMillis(500));
    }

    @Test
    void waitsForAVersionThatTheStoreHasNotToldOfYet() {
        assertThat(propagation.applied(applied("host-a", "p", 1L, 5, at(10.02)), T0))
                .isEmpty();
        assertThat(propagation.settle()).isEmpty();
        policies.stored(stored("p", 1, at(10)));
        assertThat(propagation.settle()).containsExactly(Duration.ofMillis(20));
        assertThat(propagation.settle()).as("once").isEmpty();
    }

    @Test
    void takesADeletionForAVersion() {
        policies.stored(stored("p", 1, at(10)));
        assertThat(propagation.applied(applied("host-a", "p", null, 6, at(20.03)), T0))
                .isEmpty();
        policies.stored(deleted("p", 2, at(20)));
        assertThat(propagation.settle()).containsExactly(Duration.ofMillis(30));
    }

    @Test
    void doesNotCountWhatANewHostFinds() {
        policies.stored(stored("p", 1, at(10)));
        assertThat(propagation.applied(applied("new", "p", 1L, 1, at(12)), at(11)))
                .isEmpty();
    }

    @Test
    void doesNotCountWhatIsAppliedLongAfterwards() {
        policies.stored(stored("p", 1, at(10)));
        assertThat(propagation.applied(applied("host-a", "p", 1L, 9, at(11).plus(Propagation.LONGEST)), T0))
                .isEmpty();
    }

    @Test
    void doesNotCountWhatARolloutHoldsBackOrTakesBack() {
        policies.stored(stored("p", 1, at(10)));
        StoredPolicy second = stored("p", 2, at(20));
        policies.stored(new StoredPolicy(
                second.policyId(),
                2,
                second.action(),
                second.digest(),
                second.document(),
                second.sourceSequence(),
                second.storedAt(),
                new Canary(10, null, null, 1, 60, 30, 90, 100, Canary.AUTO),
                null));
        assertThat(propagation.applied(applied("host-a", "p", 2L, 6, at(20.1)), T0))
                .isEmpty();
        assertThat(propagation.applied(applied("host-a", "p", 1L, 7, at(30)), T0))
                .isEmpty();
        policies.stored(stored("p", 3, at(40)));
        assertThat(propagation.applied(applied("host-a", "p", 3L, 8, at(40.1)), T0))
                .containsExactly(Duration.ofMillis(100));
    }

    @Test
    void takesAClockThatIsALittleBehindForNoTimeAndOneThatIsFarBehindForNoMeasure() {
        policies.stored(stored("p", 1, at(10)));
        assertThat(propagation.applied(applied("host-a", "p", 1L, 5, at(9.5)), T0))
                .containsExactly(Duration.ZERO);
        assertThat(propagation.applied(applied("host-b", "p", 1L, 5, at(8)), T0))
                .isEmpty();
    }

    @Test
    void keepsABoundedNumberOfUpdatesOfUnknownVersions() {
        for (int i = 0; i < 5_000; i++) {
            propagation.applied(applied("host-" + i, "p", 1L, 5, at(10.1)), T0);
        }
        policies.stored(stored("p", 1, at(10)));
        assertThat(propagation.settle()).hasSize(1_000);
    }
}
