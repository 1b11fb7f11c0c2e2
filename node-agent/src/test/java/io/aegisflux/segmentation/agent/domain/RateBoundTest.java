package io.aegisflux.segmentation.agent.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RateBoundTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-02T09:15:04.999Z"));
    private final RateBound rate = new RateBound(2, now::get);

    @Test
    void letsSoManyThroughInASecondAndAsManyInTheNext() {
        assertThat(rate.take()).isTrue();
        assertThat(rate.take()).isTrue();
        assertThat(rate.take()).isFalse();
        now.set(Instant.parse("2026-03-02T09:15:05Z"));
        assertThat(rate.take()).isTrue();
        assertThat(rate.take()).isTrue();
        assertThat(rate.take()).isFalse();
    }
}
