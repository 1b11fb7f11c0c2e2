package io.aegisflux.segmentation.cli.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PublisherTest {
    @Test
    void theUserOfAnAddressIsTheOneBeforeAPassword() {
        assertThat(author("nats://a:4222, nats://ann:hush@b:4222", Optional.empty()))
                .isEqualTo("ann");
        assertThat(author("ann:hush@b", Optional.empty())).isEqualTo("ann");
    }

    @Test
    void aTokenIsNobodysName() {
        assertThat(author("nats://hush@a:4222", Optional.empty()))
                .startsWith(System.getProperty("user.name"))
                .doesNotContain("hush");
        assertThat(author("nats://a:4222", Optional.of("hush")))
                .startsWith(System.getProperty("user.name"))
                .doesNotContain("hush");
    }

    private static String author(String urls, Optional<String> token) {
        return Publisher.of(new BusSettings(
                        urls, Optional.empty(), Optional.empty(), Optional.empty(), token, Duration.ofSeconds(5)))
                .orElseThrow()
                .value();
    }
}
