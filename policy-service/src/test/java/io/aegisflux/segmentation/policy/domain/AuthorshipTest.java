package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Author;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorshipTest {
    private static final PolicyId WEB = new PolicyId("web");
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    @Test
    void theHeaderNamesTheAuthorOfTheVersionInWhateverCaseItsNameIsWritten() {
        StoredPolicy stored =
                ((Acceptance.NewVersion) accept(Map.of("segmentation-author", List.of("Ann B. <ann@x>")))).stored();
        assertThat(stored.author()).isEqualTo(new Author("Ann B. <ann@x>"));
        assertThat(stored.digest()).isEqualTo(Digests.sha256Hex(Documents.policy("web", 80)));
    }

    @Test
    void withoutTheHeaderTheVersionHasNoAuthor() {
        assertThat(((Acceptance.NewVersion) accept(Map.of())).stored().author()).isNull();
    }

    @Test
    void aDeletionHasAnAuthorToo() {
        Publish deletion =
                new Publish(WEB, new byte[0], 9, NOW, PublishTerms.of(Map.of("Segmentation-Author", List.of("ann"))));
        StoredPolicy latest = Documents.stored("web", 1, Documents.policy("web", 80), 1, NOW.minusSeconds(9));
        assertThat(Acceptance.of(deletion, Optional.of(latest), RolloutState.PROMOTED, NOW))
                .isInstanceOfSatisfying(
                        Acceptance.NewVersion.class,
                        it -> assertThat(it.stored().author()).isEqualTo(new Author("ann")));
    }

    @Test
    void theSameDocumentByAnotherAuthorIsNoNewVersion() {
        StoredPolicy latest = Documents.stored("web", 1, Documents.policy("web", 80), 1, NOW.minusSeconds(9));
        Publish again = new Publish(
                WEB,
                Documents.policy("web", 80),
                9,
                NOW,
                PublishTerms.of(Map.of("Segmentation-Author", List.of("bob"))));
        assertThat(Acceptance.of(again, Optional.of(latest), RolloutState.PROMOTED, NOW))
                .isInstanceOf(Acceptance.NothingNew.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " ann", "ann ", "a\tb", "a\nb", "a\u0007b", "J\u00f6rg", "a\u202eb", "\u0430nn"})
    void whatIsNoPrintableLineIsRefused(String value) {
        assertThat(refusal(List.of(value)))
                .contains("Segmentation-Author cannot be read")
                .doesNotContain("\u0007", "\u202e");
    }

    @Test
    void itIsAtMost128CharactersLongAndStandsThereOnce() {
        assertThat(Authorship.of(Map.of("Segmentation-Author", List.of("a".repeat(128)))))
                .isInstanceOf(Authorship.Claimed.class);
        assertThat(refusal(List.of("a".repeat(129)))).contains("1 to 128 printable ASCII characters");
        assertThat(refusal(List.of("ann", "bob"))).contains("stands there 2 times");
    }

    private static String refusal(List<String> values) {
        return ((Acceptance.Refused) accept(Map.of("Segmentation-Author", values)))
                .violations()
                .getFirst()
                .reason();
    }

    private static Acceptance accept(Map<String, List<String>> headers) {
        return Acceptance.of(
                new Publish(WEB, Documents.policy("web", 80), 9, NOW, PublishTerms.of(headers)),
                Optional.empty(),
                RolloutState.PROMOTED,
                NOW);
    }
}
