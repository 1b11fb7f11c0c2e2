package io.aegisflux.segmentation.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.harness.NatsServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SubjectLogIT {
    private static NatsServer server;
    private static Bus bus;
    private static SubjectLog log;

    @BeforeAll
    static void start() {
        server = NatsServer.start();
        bus = Bus.connect(NatsSettings.of(server.url(), "log-test"));
        StreamCatalog.ensure(bus, Streams.POLICY_STORE);
        log = new SubjectLog(bus, Streams.POLICY_STORE);
    }

    @AfterAll
    static void stop() {
        bus.close();
        server.close();
    }

    @Test
    void readsASubjectForwardsAndItsNewest() {
        String subject = Subjects.policyStore(new PolicyId("read"));
        long first = write(subject, "one");
        write(Subjects.policyStore(new PolicyId("between")), "of another subject");
        long second = write(subject, "two");

        assertThat(log.newest(subject).orElseThrow().sequence()).isEqualTo(second);
        assertThat(log.next(subject, 1).orElseThrow().data()).isEqualTo("one".getBytes(UTF_8));
        assertThat(log.next(subject, first + 1).orElseThrow().sequence()).isEqualTo(second);
        assertThat(log.next(subject, second + 1)).isEmpty();
    }

    @Test
    void bringsTheHeadersAndAnEmptyBody() {
        String subject = Subjects.policyStore(new PolicyId("headers"));
        bus.publishExpecting(subject, new byte[0], Map.of("Written-By", "me"), null, 0);
        StoredMessage message = log.newest(subject).orElseThrow();
        assertThat(message.headers()).containsEntry("Written-By", List.of("me"));
        assertThat(message.data()).isEmpty();
        assertThat(message.subject()).isEqualTo(subject);
    }

    @Test
    void isEmptyForASubjectWithoutMessages() {
        assertThat(log.newest(Subjects.policyStore(new PolicyId("nothing")))).isEmpty();
        assertThat(log.next(Subjects.policyStore(new PolicyId("nothing")), 1)).isEmpty();
    }

    @Test
    void failsForAStreamThatIsNotThere() {
        SubjectLog nowhere = new SubjectLog(bus, Streams.TELEMETRY);
        assertThatThrownBy(() -> nowhere.newest(Subjects.TELEMETRY_SUMMARY))
                .isInstanceOf(BusException.class)
                .hasMessageContaining("stream not found");
    }

    private static long write(String subject, String text) {
        return bus.publish(subject, text.getBytes(UTF_8), null).getSeqno();
    }
}
