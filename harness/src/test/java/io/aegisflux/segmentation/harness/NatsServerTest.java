package io.aegisflux.segmentation.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Nats;
import io.nats.client.api.StreamConfiguration;
import org.junit.jupiter.api.Test;

class NatsServerTest {
    @Test
    void keepsItsStreamsAndItsPortWhenItIsStoppedAndStartedAgain() throws Exception {
        try (NatsServer server = NatsServer.start()) {
            try (var connection = Nats.connect(server.url())) {
                connection
                        .jetStreamManagement()
                        .addStream(StreamConfiguration.builder()
                                .name("KEPT")
                                .subjects("kept")
                                .build());
                connection.jetStream().publish("kept", new byte[] {1});
            }
            server.kill();
            server.startAgain();
            try (var connection = Nats.connect(server.url())) {
                assertThat(connection
                                .jetStreamManagement()
                                .getStreamInfo("KEPT")
                                .getStreamState()
                                .getMsgCount())
                        .isOne();
            }
        }
    }
}
