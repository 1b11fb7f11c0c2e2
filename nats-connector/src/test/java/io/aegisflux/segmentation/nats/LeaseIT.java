package io.aegisflux.segmentation.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.harness.NatsServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseIT {
    private NatsServer server;
    private Bus firstBus;
    private Bus secondBus;
    private Lease first;
    private Lease second;

    @BeforeEach
    void start() {
        server = NatsServer.start();
        firstBus = Bus.connect(NatsSettings.of(server.url(), "lease-test"));
        secondBus = Bus.connect(NatsSettings.of(server.url(), "lease-test"));
        first = Lease.contend(firstBus, "test");
        await().until(first::isHeld);
        second = Lease.contend(secondBus, "test");
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
        firstBus.close();
        secondBus.close();
        server.close();
    }

    @Test
    void isHeldByOneWhileItRenewsIt() {
        await().during(Lease.DURATION.plusSeconds(2))
                .atMost(Lease.DURATION.plusSeconds(4))
                .until(() -> first.isHeld() && !second.isHeld());
    }

    @Test
    void passesOnAtOnceWhenItIsGivenBack() {
        long before = System.nanoTime();
        first.close();
        assertThat(first.isHeld()).isFalse();
        await().until(second::isHeld);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Lease.DURATION);
    }

    @Test
    void passesOnWhenTheHolderFallsSilentAndNeverToBoth() {
        firstBus.close();
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(15))
                .until(() -> {
                    boolean other =
                            second.isHeld(); // read before, so that a change between the two cannot look like both
                    assertThat(other && first.isHeld()).isFalse();
                    return other;
                });
    }

    @Test
    void isContendedForAgainAfterTheBrokersRestart() {
        server.kill();
        server.startAgain();
        await().atMost(Duration.ofSeconds(20)).until(() -> first.isHeld() ^ second.isHeld());
        assertThat(first.isHeld() && second.isHeld()).isFalse();
    }
}
