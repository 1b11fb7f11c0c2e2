package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.agent.domain.Fallback;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table that nobody confirms goes at its deadline, by the programs alone. */
@NeedsKernel
class ConfirmationIT {
    private static final int PORT = 5432;
    private static final int OTHER = 5433;
    private static final Duration WITHIN = Duration.ofSeconds(3);

    private final RuleTable denyingOther = Tables.denyingPort(OTHER, "ingress", 1);
    private final RuleTable denyingPort = Tables.denyingPort(PORT, "ingress", 2);
    private final List<DecisionRecord> decisions = new CopyOnWriteArrayList<>();
    private TwoHosts hosts;
    private ServerSocket server;
    private ServerSocket otherServer;
    private KernelDatapath datapath;

    @BeforeEach
    void start() {
        hosts = new TwoHosts();
        server = hosts.listen(hosts.host(), PORT);
        otherServer = hosts.listen(hosts.host(), OTHER);
        datapath = hosts.datapath(XdpMode.OFF);
        hosts.host().run(() -> datapath.load(CompiledObject.bytes(), CompiledObject.digest()));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        otherServer.close();
        hosts.host().run(() -> datapath.remove());
        hosts.close();
    }

    @Test
    void goesAtItsDeadlineWithNoAgentAliveAndTheNextAgentSaysSo() {
        install(denyingOther, 1, Duration.ZERO);
        long start = System.nanoTime();
        Running unconfirmed = install(denyingPort, 2, WITHIN);
        assertThat(unconfirmed.confirmBy().orElseThrow())
                .isBetween(Instant.now().plusSeconds(1), Instant.now().plusSeconds(4));
        hosts.host().run(() -> datapath.close());
        assertThat(connects(PORT)).isFalse();
        assertThat(connects(OTHER)).isTrue();

        await().pollInterval(Duration.ofMillis(20)).until(() -> connects(PORT));
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(WITHIN.minusSeconds(1), WITHIN.plusSeconds(1));
        assertThat(connects(OTHER)).isFalse();

        datapath = hosts.datapath(XdpMode.OFF);
        datapath.onDecision(decisions::add);
        hosts.host().run(() -> datapath.adopt());
        assertThat(connects(OTHER)).isFalse();
        await().untilAsserted(() -> assertThat(decisions)
                .as("one of the table before, by its name")
                .anyMatch(decision -> decision.generation() == 1 && ("no-" + OTHER).equals(decision.ruleId())));
        assertThat(settle()).contains(new Fallback(2, Optional.of(Tables.identity(denyingPort, 2))));
        Running running = datapath.running().orElseThrow();
        assertThat(running.generation()).isEqualTo(1);
        assertThat(running.identity()).contains(Tables.identity(denyingOther, 1));
        assertThat(running.confirmBy()).isEmpty();
        assertThat(datapath.table()).isEqualTo(denyingOther);
        assertThat(settle()).isEmpty();

        assertThat(install(denyingPort, 3, Duration.ZERO).generation())
                .as("no flow of what went is taken for one of the next")
                .isEqualTo(3);
        assertThat(connects(PORT)).isFalse();
        assertThat(connects(OTHER)).isTrue();
    }

    @Test
    void staysOnceItIsConfirmed() {
        install(denyingOther, 1, Duration.ZERO);
        install(denyingPort, 2, WITHIN);
        assertThat(confirm(2)).isTrue();
        assertThat(datapath.running().orElseThrow().confirmBy()).isEmpty();
        await().during(WITHIN.plusSeconds(1)).atMost(WITHIN.multipliedBy(3)).until(() -> !connects(PORT));
        assertThat(settle()).isEmpty();
        assertThat(datapath.running().orElseThrow().generation()).isEqualTo(2);
    }

    @Test
    void isNotFollowedByAnotherAndNotConfirmedTooLate() {
        install(denyingOther, 1, Duration.ZERO);
        install(denyingPort, 2, WITHIN);
        assertThatThrownBy(() -> install(denyingOther, 3, WITHIN))
                .hasMessageContaining("generation 2 is not confirmed yet");
        assertThat(connects(PORT)).isFalse();
        await().until(() -> connects(PORT));
        assertThat(confirm(2)).isFalse();
        assertThat(settle()).isPresent();
        assertThat(confirm(2)).isFalse();
        assertThat(connects(PORT)).isTrue();
    }

    @Test
    void theFirstOneGivesWayToNoneAndCutsNoOlderConnectionThenEither() throws IOException {
        try (Socket older = hosts.peer().call(() -> new Socket(TwoHosts.HOST4, PORT))) {
            install(Tables.denyingAll(), 1, WITHIN);
            assertThat(connects(OTHER)).isFalse();
            assertThat(TwoHosts.carries(older)).isTrue();
            await().until(() -> connects(OTHER));
            assertThat(settle()).contains(new Fallback(1, Optional.of(Tables.identity(Tables.denyingAll(), 1))));
            Running running = datapath.running().orElseThrow();
            assertThat(running.generation()).isZero();
            assertThat(running.identity()).isEmpty();
            assertThat(TwoHosts.carries(older)).isTrue();
            install(Tables.denyingAll(), 2, Duration.ZERO);
            assertThat(connects(OTHER)).isFalse();
            assertThat(TwoHosts.carries(older)).isTrue();
        }
    }

    private boolean connects(int port) {
        return hosts.connects(hosts.peer(), TwoHosts.HOST4, port);
    }

    private boolean confirm(long generation) {
        return hosts.host().call(() -> datapath.confirm(generation));
    }

    private Optional<Fallback> settle() {
        return hosts.host().call(() -> datapath.settle());
    }

    private Running install(RuleTable table, long revision, Duration within) {
        return hosts.host()
                .call(() -> datapath.install(table, Tables.identity(table, revision), Instant.now(), within));
    }
}
