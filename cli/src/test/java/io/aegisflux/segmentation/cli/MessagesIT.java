package io.aegisflux.segmentation.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServerExtension;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** pub, sub and req are a plain NATS client. */
class MessagesIT {
    @RegisterExtension
    static final NatsServerExtension NATS = new NatsServerExtension();

    private static Bench bench;

    @TempDir
    Path directory;

    @BeforeAll
    static void connect() {
        bench = Bench.connected(NATS.url());
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    @Test
    void pubSendsItsArgumentAFileOrStdinByteForByte() throws Exception {
        byte[] bytes = {0, (byte) 0xFF, '\n', 'x'};
        Path file = Files.write(directory.resolve("body"), bytes);
        Subscription subscription = bench.connection().subscribe("a.b");
        bench.flush();
        Run.With segctl = Run.against(NATS.url());

        assertThat(segctl.segctl("pub", "a.b", "héllo").exit()).isZero();
        assertThat(segctl.segctl("pub", "a.b", "-f", file.toString()).exit()).isZero();
        assertThat(segctl.stdin("from stdin\n").segctl("pub", "a.b", "-").exit())
                .isZero();
        assertThat(segctl.stdin("from stdin\n").segctl("pub", "a.b", "-f", "-").exit())
                .isZero();
        assertThat(segctl.segctl("pub", "a.b", "").exit()).isZero();

        assertThat(next(subscription).getData()).isEqualTo("héllo".getBytes(StandardCharsets.UTF_8));
        assertThat(next(subscription).getData()).isEqualTo(bytes);
        assertThat(next(subscription).getData()).asString().isEqualTo("from stdin\n");
        assertThat(next(subscription).getData()).asString().isEqualTo("from stdin\n");
        assertThat(next(subscription).getData()).isEmpty();
    }

    @Test
    void pubSendsHeaders() throws Exception {
        Subscription subscription = bench.connection().subscribe("h.b");
        bench.flush();

        Run run = Run.against(NATS.url()).segctl("pub", "h.b", "x", "-H", "Nats-Msg-Id: 7", "-H", "A:b:c", "-H", "A:d");

        assertThat(run.err()).contains("published 1 bytes to h.b");
        Headers headers = next(subscription).getHeaders();
        assertThat(headers.getFirst("Nats-Msg-Id")).isEqualTo("7");
        assertThat(headers.get("A")).containsExactly("b:c", "d");
    }

    @Test
    void subShowsSubjectAndBodyOnALineWhateverTheBodyIs() throws Exception {
        Following sub = Following.of(NATS.url(), "sub", "s.>", "--count", "5", "--headers");
        await().until(() -> sub.err().contains("listening to s.>, 5 messages"));
        bench.connection().publish("s.json", "{ \"a\":\n1.50 }".getBytes(StandardCharsets.UTF_8));
        bench.connection().publish("s.text", "two\nlines\u001b[31m".getBytes(StandardCharsets.UTF_8));
        bench.connection().publish("s.bytes", new byte[] {(byte) 0xFF, 0});
        bench.connection().publish("s.empty", new byte[0]);
        bench.connection().publish("s.headers", new Headers().put("K", "v"), new byte[] {'x'});

        assertThat(sub.exit().get(20, TimeUnit.SECONDS)).isZero();
        assertThat(sub.lines())
                .containsExactly(
                        "s.json  {\"a\":1.50}",
                        "s.text  two?lines?[31m",
                        "s.bytes  (2 bytes, not text)",
                        "s.empty",
                        "  K: v",
                        "s.headers  x");
    }

    @Test
    void subAsJsonIsOneObjectALine() throws Exception {
        Following sub = Following.of(NATS.url(), "sub", "j.*", "--count", "3", "--headers", "-o", "json");
        await().until(() -> sub.err().contains("listening"));
        bench.connection().publish("j.json", new Headers().put("K", "v"), "[1]".getBytes(StandardCharsets.UTF_8));
        bench.connection().publish("j.text", "a\nb".getBytes(StandardCharsets.UTF_8));
        bench.connection().publish("j.bytes", new byte[] {(byte) 0xFF});

        assertThat(sub.exit().get(20, TimeUnit.SECONDS)).isZero();
        assertThat(sub.lines())
                .containsExactly(
                        "{\"subject\":\"j.json\",\"headers\":{\"K\":[\"v\"]},\"data\":[1]}",
                        "{\"subject\":\"j.text\",\"text\":\"a\\nb\"}",
                        "{\"subject\":\"j.bytes\",\"base64\":\"/w==\"}");
        assertThat(sub.lines()).allSatisfy(line -> Wire.read(line.getBytes(StandardCharsets.UTF_8), JsonNode.class));
    }

    @Test
    void subOfOneMessageSaysSo() throws Exception {
        Following sub = Following.of(NATS.url(), "sub", "one", "--count", "1", "-q");
        await().until(() -> {
            bench.connection().publish("one", new byte[] {'1'});
            return sub.exit().isDone();
        });

        assertThat(sub.lines()).containsExactly("one  1");
        assertThat(sub.err()).as("-q").isEmpty();
    }

    @Test
    void reqPrintsTheAnswerByteForByteAndEndsWithFiveOnARefusal() {
        bench.connection()
                .createDispatcher(request -> {
                    Headers headers = request.getSubject().equals("ask.no")
                            ? new Headers()
                                    .put("Nats-Service-Error-Code", "418")
                                    .put("Nats-Service-Error", "a teapot")
                            : null;
                    bench.connection().publish(request.getReplyTo(), headers, request.getData());
                })
                .subscribe("ask.*");
        bench.flush();
        Run yes = Run.against(NATS.url()).segctl("req", "ask.yes", "→ {not json}");
        Run no = Run.against(NATS.url()).segctl("req", "ask.no", "body");

        assertThat(yes.exit()).isZero();
        assertThat(yes.out()).isEqualTo("→ {not json}\n");
        assertThat(no.exit()).isEqualTo(5);
        assertThat(no.out()).isEqualTo("body\n");
        assertThat(no.err()).contains("418: a teapot");
    }

    @Test
    void reqGivesUpWhenNobodyAnswersInTime() {
        Subscription silent = bench.connection().subscribe("silent");
        bench.flush();
        Run run = Run.against(NATS.url()).segctl("req", "silent", "--timeout", "300ms");

        assertThat(run.exit()).isEqualTo(4);
        assertThat(run.err()).contains("no answer on silent within 300 ms");
        silent.unsubscribe();
    }

    private static Message next(Subscription subscription) throws InterruptedException {
        Message message = subscription.nextMessage(Duration.ofSeconds(10));
        assertThat(message).isNotNull();
        return message;
    }
}
