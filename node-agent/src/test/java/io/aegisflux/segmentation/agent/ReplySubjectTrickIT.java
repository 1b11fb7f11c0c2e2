package io.aegisflux.segmentation.agent;

import static io.aegisflux.segmentation.agent.domain.DomainFixtures.table;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsSettings;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The attack of RELIABILITY.md §0.2: a host that may publish only on its own subjects names another host's desired
 * subject as the place to reply to, and the server writes there in its own name.
 */
class ReplySubjectTrickIT {
    private static final String PERMISSIONS = """
            no_auth_user: control
            authorization {
              users: [
                { user: control, password: control }
                { user: h1, password: h1, permissions: {
                    publish: [ "segmentation.metrics.h1", "segmentation.events.h1", "segmentation.system.h1",
                               "$JS.API.DIRECT.GET.SEGMENTATION_DESIRED.segmentation.desired.h1" ]
                    subscribe: [ "segmentation.doorbell.h1", "_INBOX_h1.>" ] } }
              ]
            }
            """;

    @TempDir
    Path directory;

    private NatsServer nats;
    private ControlPlaneDouble control;
    private AgentBench victim;
    private Connection attacker;
    private String artifact;

    @BeforeEach
    void letTheVictimEnforce() throws IOException, InterruptedException {
        nats = NatsServer.start(NatsBinary.find(), "127.0.0.1", NatsServer.freePort(), PERMISSIONS);
        control = new ControlPlaneDouble(Bus.connect(NatsSettings.of(nats.url(), "test")), directory);
        artifact = control.build("an ELF object".getBytes(UTF_8));
        victim = new AgentBench(nats.url(), "h2", directory);
        control.desire(victim.host, 1, 1, table("first"), artifact);
        victim.start().listening();
        await().until(() -> victim.kernel.installs().size() == 1);
        attacker = Nats.connect(Options.builder()
                .server(nats.url())
                .userInfo("h1", "h1")
                .inboxPrefix("_INBOX_h1.")
                .errorListener(new ErrorListener() {})
                .build());
    }

    @AfterEach
    void close() throws InterruptedException {
        attacker.close();
        victim.close();
        control.close();
        nats.close();
    }

    private StoredMessage desiredOfVictim() {
        return control.bus.last(Streams.DESIRED, Subjects.desired(victim.host)).orElseThrow();
    }

    private void isRefusedAndReported(String reason) {
        await().untilAsserted(() -> assertThat(victim.system(control, SystemEvent.DESIRED_STATE_REJECTED))
                .singleElement()
                .satisfies(event -> assertThat(event.metadata()).containsEntry("reason", reason)));
        assertThat(victim.kernel.installs()).hasSize(1);
        assertThat(victim.kernel.table()).isEqualTo(table("first"));
        assertThat(victim.agent.standing().now().complaint()).isEmpty();

        control.desire(victim.host, 1, 2, table("second"), artifact);
        await().untilAsserted(() -> assertThat(victim.kernel.table()).isEqualTo(table("second")));
    }

    @Test
    void cannotWriteIntoTheOtherSubjectDirectly() throws Exception {
        long before = desiredOfVictim().sequence();
        attacker.publish(Subjects.desired(victim.host), "x".getBytes(UTF_8));
        attacker.flush(Duration.ofSeconds(2));
        assertThat(desiredOfVictim().sequence()).isEqualTo(before);
    }

    @Test
    void refusesTheAcknowledgementThatTheServerWasMadeToWrite() throws Exception {
        long before = desiredOfVictim().sequence();
        attacker.publish(Subjects.metrics(new HostId("h1")), Subjects.desired(victim.host), "{}".getBytes(UTF_8));
        attacker.flush(Duration.ofSeconds(2));
        await().until(() -> desiredOfVictim().sequence() > before);
        assertThat(new String(desiredOfVictim().data(), UTF_8)).contains("SEGMENTATION_METRICS");
        isRefusedAndReported("MALFORMED");
    }

    @Test
    void refusesTheAttackersOwnSignedStateThatTheServerWasMadeToWrite() throws Exception {
        control.desire(new HostId("h1"), 1, 99, table("of-the-attacker"), artifact);
        long before = desiredOfVictim().sequence();
        attacker.publish(
                "$JS.API.DIRECT.GET.SEGMENTATION_DESIRED.segmentation.desired.h1",
                Subjects.desired(victim.host),
                new byte[0]);
        attacker.flush(Duration.ofSeconds(2));
        await().until(() -> desiredOfVictim().sequence() > before);
        assertThat(Wire.read(desiredOfVictim().data(), SignedEnvelope.class).payloadType())
                .as("a state with a good signature stands in the victim's subject now")
                .isEqualTo(SignedEnvelope.DESIRED_STATE);
        isRefusedAndReported("FOREIGN_HOST");
    }
}
