package io.aegisflux.segmentation.policy.domain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.RegisteredWorkload;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.WorkloadId;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WorkloadBookTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void theLastThatWasSaidOfAWorkloadCounts() {
        WorkloadBook book = WorkloadBook.EMPTY
                .with(says("b", "10.0.0.1", ""), 1)
                .with(says("a", "10.0.0.2", ""), 2)
                .with(says("b", "10.0.0.3", ""), 3);
        assertThat(book.workloads())
                .extracting(it -> it.name() + it.addresses())
                .containsExactly("a[10.0.0.2]", "b[10.0.0.3]");
        WorkloadBook without = book.with(removed("b"), 4);
        assertThat(without.all()).extracting(it -> it.id().value()).containsExactly("a");
        assertThat(without.knows("b")).isFalse();
        assertThat(without.sequence()).isEqualTo(4);
    }

    @Test
    void aRefusalChangesNothingAndIsNotCounted() {
        WorkloadBook book = WorkloadBook.EMPTY.with(says("a", "10.0.0.1", ""), 1);
        Registration refused = Registration.of("segmentation.workloads.a", "{}".getBytes(UTF_8));
        assertThat(refused).isInstanceOf(Registration.Refused.class);
        assertThat(book.with(refused, 2)).isSameAs(book);
    }

    @Test
    void aSubjectThatNamesNoWorkloadIsRefusedWhateverItsBody() {
        for (String subject :
                new String[] {"segmentation.workloads.a.b", "segmentation.workloads.-a", "segmentation.workloads.*"}) {
            assertThat(Registration.of(subject, new byte[0]))
                    .isInstanceOfSatisfying(
                            Registration.Refused.class,
                            it -> assertThat(it.violations())
                                    .extracting(Violation::path)
                                    .containsExactly("/id"));
        }
    }

    @Test
    void expiresToTheNanosecondAndSaysWhenTheNextWill() {
        WorkloadBook book = WorkloadBook.EMPTY
                .with(says("stays", "10.0.0.1", ""), 1)
                .with(says("goes", "10.0.0.2", NOON.toString()), 2)
                .with(says("later", "10.0.0.3", NOON.plusSeconds(60).toString()), 3);
        assertThat(book.nextExpiry()).contains(NOON);
        assertThat(book.at(NOON.minusNanos(1))).isSameAs(book);
        assertThat(book.at(NOON).all()).extracting(it -> it.id().value()).containsExactly("later", "stays");
        assertThat(book.at(NOON).nextExpiry()).contains(NOON.plusSeconds(60));
        assertThat(book.expired(NOON)).singleElement().satisfies(it -> {
            assertThat(it.workload().id()).isEqualTo(new WorkloadId("goes"));
            assertThat(it.sequence()).isEqualTo(2);
        });
    }

    @Test
    void theFirstExpiryIsThatOfWhatIsLeftAfterAnyChange() {
        Random random = new Random(3);
        WorkloadBook book = WorkloadBook.EMPTY;
        for (int step = 1; step <= 2_000; step++) {
            String id = "w" + random.nextInt(40);
            book = switch (random.nextInt(4)) {
                case 0 -> book.with(removed(id), step);
                case 1 -> book.with(says(id, "10.0.0.1", ""), step);
                case 2 -> book.at(NOON.plusSeconds(random.nextInt(step)));
                default ->
                    book.with(
                            says(
                                    id,
                                    "10.0.0.1",
                                    NOON.plusSeconds(step + random.nextInt(100)).toString()),
                            step);
            };
            assertThat(book.nextExpiry())
                    .isEqualTo(book.all().stream()
                            .map(RegisteredWorkload::expiresAt)
                            .filter(Objects::nonNull)
                            .min(Comparator.naturalOrder()));
        }
    }

    private static Registration says(String id, String address, String expiry) {
        return Registration.of("segmentation.workloads." + id, """
                {"id": "%s", "labels": {"app": "x"}, "addresses": ["%s"]%s}""".formatted(
                        id, address, expiry.isEmpty() ? "" : ", \"expires_at\": \"%s\"".formatted(expiry))
                .getBytes(UTF_8));
    }

    private static Registration removed(String id) {
        return Registration.of("segmentation.workloads." + id, new byte[0]);
    }
}
