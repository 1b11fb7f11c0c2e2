package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyBookTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    @Test
    void holdsTheLatestVersionWhateverTheOrderInWhichVersionsCome() {
        PolicyBook book = PolicyBook.EMPTY
                .with(version("web", 2, 443), 5)
                .with(version("web", 1, 80), 3)
                .with(version("db", 1, 5432), 4);
        assertThat(book.latest(new PolicyId("web")).orElseThrow().version()).isEqualTo(2);
        assertThat(book.alive())
                .extracting(entry -> entry.stored().policyId().value())
                .containsExactly("db", "web");
        assertThat(book.sequence()).isEqualTo(5);
    }

    @Test
    void remembersTheVersionOfADeletionButDoesNotLowerIt() {
        PolicyBook book = PolicyBook.EMPTY
                .with(version("web", 1, 80), 1)
                .with(new StoredPolicy(new PolicyId("web"), 2, StoredPolicy.DELETED, null, null, 2, NOW), 2);
        assertThat(book.alive()).isEmpty();
        assertThat(InForce.of(World.EMPTY.with(book)).on(new HostId("host-a"))).isEmpty();
        assertThat(book.unreadable()).isEmpty();
        assertThat(book.latest(new PolicyId("web")).orElseThrow().isDeleted()).isTrue();
    }

    @Test
    void lowersWithTheVersionAndTheDigestOfTheStore() {
        assertThat(InForce.of(World.EMPTY.with(PolicyBook.EMPTY.with(version("web", 7, 80), 9)))
                        .on(new HostId("host-a")))
                .singleElement()
                .satisfies(it -> assertThat(it.version()).isEqualTo(7))
                .extracting(VersionedPolicy::digest)
                .isEqualTo(Digests.sha256Hex(Documents.policy("web", 80)));
    }

    @Test
    void keepsAStoredVersionThatThisReleaseRefusesApart() {
        StoredPolicy odd = new StoredPolicy(
                new PolicyId("web"),
                3,
                StoredPolicy.UPDATED,
                "d".repeat(64),
                Wire.read(Documents.policy("web", "\"of_another_release\": 1,"), JsonNode.class),
                9,
                NOW);
        PolicyBook book = PolicyBook.EMPTY.with(version("web", 2, 80), 1).with(odd, 2);
        assertThat(book.alive()).isEmpty();
        assertThat(book.unreadable()).singleElement().satisfies(entry -> {
            assertThat(entry.stored()).isEqualTo(odd);
            assertThat(entry.violations()).extracting(Violation::path).isEqualTo(List.of("/of_another_release"));
        });
        assertThat(book.with(version("web", 4, 80), 3).unreadable()).isEmpty();
    }

    @Test
    void countsWhatItReadAlsoWhereThatSaidNothing() {
        assertThat(PolicyBook.EMPTY.readTo(8).readTo(5).sequence()).isEqualTo(8);
        assertThat(PolicyBook.EMPTY
                        .with(version("web", 2, 80), 3)
                        .with(version("web", 1, 80), 6)
                        .sequence())
                .isEqualTo(6);
    }

    static StoredPolicy version(String id, long version, int port) {
        return Documents.stored(id, version, Documents.policy(id, port), version, NOW);
    }
}
