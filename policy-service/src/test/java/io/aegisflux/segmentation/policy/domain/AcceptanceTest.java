package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptanceTest {
    private static final PolicyId WEB = new PolicyId("web");
    private static final byte[] PORT_80 = Documents.policy("web", 80);
    private static final byte[] PORT_443 = Documents.policy("web", 443);
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    @Test
    void theFirstPublishCreatesVersionOne() {
        StoredPolicy stored = stored(publish(PORT_80, 7), Optional.empty());
        assertThat(stored.version()).isEqualTo(1);
        assertThat(stored.action()).isEqualTo(StoredPolicy.CREATED);
        assertThat(stored.digest()).isEqualTo(Digests.sha256Hex(PORT_80));
        assertThat(stored.sourceSequence()).isEqualTo(7);
        assertThat(stored.storedAt()).isEqualTo(NOW);
        assertThat(stored.document().get("rules")).hasSize(1);
    }

    @Test
    void anotherDocumentUpdatesAndAnEmptyBodyDeletes() {
        StoredPolicy first = stored(publish(PORT_80, 1), Optional.empty());
        StoredPolicy second = stored(publish(PORT_443, 2), Optional.of(first));
        StoredPolicy third = stored(publish(new byte[0], 3), Optional.of(second));
        assertThat(second.version()).isEqualTo(2);
        assertThat(second.action()).isEqualTo(StoredPolicy.UPDATED);
        assertThat(third.version()).isEqualTo(3);
        assertThat(third.isDeleted()).isTrue();
    }

    @Test
    void aPolicyThatWasDeletedIsCreatedAgainAndItsVersionsGoOn() {
        StoredPolicy deleted = stored(publish(new byte[0], 2), Optional.of(version(1, PORT_80, 1)));
        StoredPolicy again = stored(publish(PORT_80, 3), Optional.of(deleted));
        assertThat(again.version()).isEqualTo(3);
        assertThat(again.action()).isEqualTo(StoredPolicy.CREATED);
    }

    @Test
    void whatHoldsAlreadyIsNotStoredAgain() {
        assertThat(decide(publish(PORT_80, 2), Optional.of(version(1, PORT_80, 1)), NOW))
                .isEqualTo(new Acceptance.NothingNew("it is the stored version"));
    }

    @Test
    void thereIsNothingToDeleteWherePolicyNeverWasOrIsGone() {
        StoredPolicy deleted = stored(publish(new byte[0], 2), Optional.of(version(1, PORT_80, 1)));
        var nothing = new Acceptance.NothingNew("there is nothing to delete");
        assertThat(decide(publish(new byte[0], 1), Optional.empty(), NOW)).isEqualTo(nothing);
        assertThat(decide(publish(new byte[0], 3), Optional.of(deleted), NOW)).isEqualTo(nothing);
    }

    @Test
    void aPublishThatWasStoredBeforeACrashIsRecognisedWhenItComesAgain() {
        assertThat(decide(publish(PORT_80, 5), Optional.of(version(3, PORT_80, 5)), NOW))
                .isEqualTo(new Acceptance.NothingNew("it is stored already"));
    }

    @Test
    void aPublishThatALaterOneHasOvertakenCountsNoMore() {
        assertThat(decide(publish(PORT_80, 4), Optional.of(version(3, PORT_443, 5)), NOW))
                .isEqualTo(new Acceptance.NothingNew("a later publish is stored already"));
    }

    @Test
    void aStreamOfPublishesThatWasMadeAnewIsNotMistakenForOldPublishes() {
        StoredPolicy before = version(3, PORT_443, 900);
        Publish first =
                new Publish(WEB, PORT_80, 1, NOW.plus(Duration.ofHours(1)), Documents.terms(Expectation.ANYTHING));
        assertThat(stored(first, Optional.of(before)).version()).isEqualTo(4);
    }

    @Test
    void aDocumentThatIsNoPolicyIsRefusedWithItsViolations() {
        Acceptance refused =
                decide(publish(Documents.policy("web", 70_000), 1), Optional.of(version(1, PORT_80, 0)), NOW);
        assertThat(refused)
                .isInstanceOfSatisfying(
                        Acceptance.Refused.class,
                        it -> assertThat(it.violations())
                                .singleElement()
                                .extracting(Violation::path)
                                .isEqualTo("/rules/0/conditions/1/value"));
    }

    @Test
    void aDocumentForAnotherSubjectIsRefusedAtItsId() {
        Acceptance refused = decide(publish(Documents.policy("db", 80), 1), Optional.empty(), NOW);
        assertThat(refused)
                .isInstanceOfSatisfying(
                        Acceptance.Refused.class,
                        it -> assertThat(it.violations())
                                .singleElement()
                                .extracting(Violation::path)
                                .isEqualTo("/id"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "12345678901234567890123456789e9", // longer in the notation in which it is kept
                "1e999999999",
                "-0.00000000000000000000000000001",
                "100000000000000000000000000000e1"
            })
    void whateverIsStoredCanBeReadAgainOrIsRefusedAtItsPlace(String number) {
        byte[] document = Documents.policy("web", "\"metadata\": {\"n\": %s},".formatted(number));
        switch (decide(publish(document, 1), Optional.empty(), NOW)) {
            case Acceptance.NewVersion(StoredPolicy stored) ->
                assertThat(PolicyParser.parse(Wire.write(stored.document()), WEB))
                        .isInstanceOf(ParseResult.Accepted.class);
            case Acceptance.Refused(var violations) ->
                assertThat(violations).extracting(Violation::path).containsExactly("/metadata/n");
            case Acceptance.NothingNew nothing -> throw new AssertionError(nothing.reason());
            case Acceptance.Conflict conflict -> throw new AssertionError(conflict);
        }
    }

    @Test
    void aDocumentThatWouldGrowPastTheLimitInTheStoreIsRefused() {
        String numbers = Documents.repeated("1e5,", 130_000) + "1";
        byte[] document = Documents.policy("web", "\"metadata\": {\"n\": [%s]},".formatted(numbers));
        assertThat(PolicyParser.parse(document, WEB)).isInstanceOf(ParseResult.Accepted.class);
        assertThat(Acceptance.violations(document, WEB))
                .extracting(Violation::path)
                .containsExactly("");
    }

    @Test
    void textsOfTheDocumentAreKeptAsTheyWere() {
        byte[] document = Documents.policy("web", "\"description\": \"träge \\u00e4 \\ud83d\\ude00\",");
        assertThat(stored(publish(document, 1), Optional.empty())
                        .document()
                        .get("description")
                        .textValue())
                .isEqualTo("träge ä 😀");
    }

    @Test
    void aPublishCountsOnlyBehindTheVersionThatItExpects() {
        Optional<StoredPolicy> third = Optional.of(version(3, PORT_443, 5));
        assertThat(stored(expecting(PORT_80, 3), third).version()).isEqualTo(4);
        assertThat(stored(expecting(PORT_80, 0), Optional.empty()).version()).isEqualTo(1);
        for (long seen : new long[] {0, 2, 4}) {
            assertThat(decide(expecting(PORT_80, seen), third, NOW)).isEqualTo(new Acceptance.Conflict(third));
            assertThat(decide(expecting(new byte[0], seen), third, NOW))
                    .as("a deletion")
                    .isEqualTo(new Acceptance.Conflict(third));
        }
        assertThat(decide(expecting(PORT_443, 2), third, NOW))
                .as("it holds already: the publish may have come twice")
                .isInstanceOf(Acceptance.NothingNew.class);
    }

    private static Publish expecting(byte[] body, long version) {
        return new Publish(WEB, body, 9, NOW.minusMillis(3), Documents.terms(new Expectation.Version(version)));
    }

    private static StoredPolicy stored(Publish publish, Optional<StoredPolicy> latest) {
        return ((Acceptance.NewVersion) decide(publish, latest, NOW)).stored();
    }

    private static Publish publish(byte[] body, long sequence) {
        return new Publish(WEB, body, sequence, NOW.minusMillis(3), Documents.terms(Expectation.ANYTHING));
    }

    static StoredPolicy version(long version, byte[] body, long sequence) {
        return Documents.stored("web", version, body, sequence, NOW);
    }

    /** Where the latest version is in force on all hosts. */
    private static Acceptance decide(Publish publish, Optional<StoredPolicy> latest, Instant now) {
        return Acceptance.of(publish, latest, RolloutState.PROMOTED, now);
    }
}
