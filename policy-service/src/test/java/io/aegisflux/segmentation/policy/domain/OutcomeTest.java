package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutcomeTest {
    private static final byte[] X = Documents.policy("web", 80);
    private static final byte[] Y = Documents.policy("web", 443);
    private static final byte[] DELETION = {};
    private static final StoredPolicy X1 = AcceptanceTest.version(1, X, 10);
    private static final StoredPolicy Y2 = AcceptanceTest.version(2, Y, 20);
    private static final StoredPolicy GONE = new StoredPolicy(
            new PolicyId("web"), 3, StoredPolicy.DELETED, null, null, 30, Instant.parse("2026-11-25T10:00:00Z"));

    @Test
    void aPublishHoldsAsTheVersionThatWasMadeFromIt() {
        assertThat(outcome(Y, 20, Optional.of(Y2), Optional.of(X1))).isEqualTo(new Outcome.Holds(Y2));
        assertThat(outcome(DELETION, 30, Optional.of(GONE), Optional.of(Y2))).isEqualTo(new Outcome.Holds(GONE));
    }

    @Test
    void aPublishThatSaidWhatHeldAlreadyHoldsAsThatVersion() {
        assertThat(outcome(X, 15, Optional.of(Y2), Optional.of(X1))).isEqualTo(new Outcome.Holds(X1));
        assertThat(outcome(X, 15, Optional.empty(), Optional.of(X1))).isEqualTo(new Outcome.Holds(X1));
    }

    @Test
    void aDeletionOfWhatIsNotThereFindsNothing() {
        assertThat(outcome(DELETION, 5, Optional.of(X1), Optional.empty()))
                .isEqualTo(new Outcome.NothingThere(Optional.empty()));
        assertThat(outcome(DELETION, 40, Optional.empty(), Optional.of(GONE)))
                .isEqualTo(new Outcome.NothingThere(Optional.of(GONE)));
    }

    @Test
    void aPublishThatALaterOneCameBeforeIsOvertaken() {
        assertThat(outcome(X, 15, Optional.of(Y2), Optional.empty())).isEqualTo(new Outcome.Overtaken(Y2));
        assertThat(outcome(DELETION, 15, Optional.of(Y2), Optional.of(X1))).isEqualTo(new Outcome.Overtaken(Y2));
    }

    @Test
    void aPublishThatLeftNoTraceIsNotStored() {
        assertThat(outcome(Y, 15, Optional.empty(), Optional.of(X1))).isEqualTo(new Outcome.NotStored());
        assertThat(outcome(X, 15, Optional.empty(), Optional.of(GONE))).isEqualTo(new Outcome.NotStored());
    }

    @Test
    void aPublishThatExpectedAnotherVersionIsAConflict() {
        Publish publish = new Publish(
                new PolicyId("web"),
                Y,
                15,
                Instant.parse("2026-11-25T09:59:59Z"),
                Documents.terms(new Expectation.Version(7)));
        assertThat(Outcome.of(publish, Optional.empty(), Optional.of(X1)))
                .isEqualTo(new Outcome.Conflict(Optional.of(X1)));
        assertThat(Outcome.of(publish, Optional.empty(), Optional.empty()))
                .isEqualTo(new Outcome.Conflict(Optional.empty()));
    }

    private static Outcome outcome(
            byte[] body, long sequence, Optional<StoredPolicy> at, Optional<StoredPolicy> before) {
        Publish publish = new Publish(
                new PolicyId("web"),
                body,
                sequence,
                Instant.parse("2026-11-25T09:59:59Z"),
                Documents.terms(Expectation.ANYTHING));
        return Outcome.of(publish, at, before);
    }
}
