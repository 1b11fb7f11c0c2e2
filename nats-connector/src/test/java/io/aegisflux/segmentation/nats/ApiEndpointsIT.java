package io.aegisflux.segmentation.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServer;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nats.client.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ApiEndpointsIT {
    private static NatsServer server;
    private static Bus bus;
    private static SimpleMeterRegistry metrics;
    private static ApiEndpoints api;

    @BeforeAll
    static void start() {
        server = NatsServer.start();
        bus = Bus.connect(NatsSettings.of(server.url(), "api-test"));
        metrics = new SimpleMeterRegistry();
        api = ApiEndpoints.start(
                bus,
                "test",
                "0.1.0",
                Map.of("echo", request -> request, "refuse", ApiEndpointsIT::refuse, "malformed", request -> {
                    throw new MalformedMessageException("not an EvaluateRequest: unexpected end");
                }),
                metrics);
    }

    @AfterAll
    static void stop() {
        api.close();
        bus.close();
        server.close();
    }

    @Test
    void answersARequest() {
        Message reply = bus.request("segmentation.api.test.echo", "hello".getBytes(StandardCharsets.UTF_8));
        assertThat(reply.getData()).asString().isEqualTo("hello");
    }

    @Test
    void refusesWithACodeInHeadersAndBody() {
        Message reply = bus.request("segmentation.api.test.refuse", new byte[0]);
        assertThat(reply.getHeaders().getFirst("Nats-Service-Error-Code")).isEqualTo("404");
        assertThat(reply.getHeaders().getFirst("Nats-Service-Error")).startsWith("NOT_FOUND: no policy");
        ApiError error = Wire.read(reply.getData(), ApiError.class);
        assertThat(error.code()).isEqualTo(ApiError.NOT_FOUND);
        assertThat(error.hint()).isEqualTo("segctl policy ls");
    }

    @Test
    void saysWhatIsWrongWithBytesThatAreNoRequest() {
        Message reply = bus.request("segmentation.api.test.malformed", new byte[] {'{'});
        assertThat(Wire.read(reply.getData(), ApiError.class).code()).isEqualTo(ApiError.INVALID_REQUEST);
    }

    @Test
    void countsHowLongEachAnswerTookByItsCode() {
        long answered = count("echo", "OK");
        long refused = count("refuse", ApiError.NOT_FOUND);
        bus.request("segmentation.api.test.echo", new byte[] {1});
        bus.request("segmentation.api.test.refuse", new byte[0]);
        await().untilAsserted(() -> {
            assertThat(count("echo", "OK")).isEqualTo(answered + 1);
            assertThat(count("refuse", ApiError.NOT_FOUND)).isEqualTo(refused + 1);
        });
        assertThat(count("refuse", "OK")).isZero();
        assertThat(timer("echo", "OK").totalTime(TimeUnit.NANOSECONDS)).isPositive();
    }

    private static Timer timer(String endpoint, String code) {
        return metrics.find("segmentation.api.request.duration")
                .tags("service", "api-test", "endpoint", endpoint, "code", code)
                .timer();
    }

    private static long count(String endpoint, String code) {
        Timer timer = timer(endpoint, code);
        return timer == null ? 0 : timer.count();
    }

    @Test
    void writesNowhereButIntoInboxes() throws Exception {
        BlockingQueue<Message> victim = new ArrayBlockingQueue<>(1);
        bus.connection().createDispatcher(victim::add).subscribe("segmentation.doorbell.host-b");
        bus.connection().flush(Duration.ofSeconds(1));
        bus.connection().publish("segmentation.api.test.echo", "segmentation.doorbell.host-b", new byte[] {1});
        assertThat(victim.poll(500, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void endsQuietlyAfterItsConnection() throws Exception {
        Bus gone = Bus.connect(NatsSettings.of(server.url(), "gone"));
        ApiEndpoints endpoints = ApiEndpoints.start(gone, "gone", "0.1.0", Map.of("echo", request -> request), metrics);
        gone.connection().close();
        assertThatCode(endpoints::close).doesNotThrowAnyException();
        gone.close();
    }

    private static byte[] refuse(byte[] request) {
        throw new ApiException(ApiError.NOT_FOUND, "no policy is called\nx", "segctl policy ls");
    }
}
