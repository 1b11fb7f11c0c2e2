package io.aegisflux.segmentation.policy.domain;

import static io.aegisflux.segmentation.policy.domain.Documents.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ArtifactBookTest {
    private static final Instant EARLY = Instant.parse("2026-11-25T10:00:00Z");
    private static final Instant LATE = EARLY.plusSeconds(60);

    @Test
    void knowsTheLatestArtifactOfEachArchitecture() {
        ArtifactManifest old = manifest("x86_64", "old", EARLY);
        ArtifactManifest current = manifest("x86_64", "new", LATE);
        ArtifactManifest arm = manifest("aarch64", "arm", EARLY);
        ArtifactBook book = ArtifactBook.EMPTY.with(current, 1).with(arm, 2).with(old, 3);
        assertThat(book.digest("x86_64")).contains(current.artifact().name());
        assertThat(book.digest("aarch64")).contains(arm.artifact().name());
        assertThat(book.digest("riscv64")).isEmpty();
        assertThat(book.sequence()).isEqualTo(3);
    }

    @Test
    void passesOverOtherProgramSets() {
        ArtifactBook book = ArtifactBook.EMPTY.with(manifest("probes", "x86_64", "other", LATE), 5);
        assertThat(book.digest("x86_64")).isEmpty();
        assertThat(book.sequence()).isEqualTo(5);
    }
}
