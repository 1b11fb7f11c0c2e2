package io.aegisflux.segmentation.e2e.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * What nats-server says of itself on {@code /varz}, since its start.
 *
 * @param connections now
 * @param messagesIn from clients
 * @param messagesOut to clients
 * @param memory resident bytes now
 */
record BrokerFigures(long connections, long messagesIn, long messagesOut, long bytesIn, long bytesOut, long memory) {

    static BrokerFigures read(int monitoringPort) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            JsonNode varz = Wire.mapper()
                    .readTree(client.send(
                                    HttpRequest.newBuilder(
                                                    URI.create("http://127.0.0.1:%d/varz".formatted(monitoringPort)))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofByteArray())
                            .body());
            return new BrokerFigures(
                    varz.path("connections").asLong(),
                    varz.path("in_msgs").asLong(),
                    varz.path("out_msgs").asLong(),
                    varz.path("in_bytes").asLong(),
                    varz.path("out_bytes").asLong(),
                    varz.path("mem").asLong());
        } catch (IOException e) {
            throw new UncheckedIOException("nats-server does not answer on its monitoring port", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** What came since an earlier look; connections and memory as they are now. */
    BrokerFigures since(BrokerFigures earlier) {
        return new BrokerFigures(
                connections,
                messagesIn - earlier.messagesIn,
                messagesOut - earlier.messagesOut,
                bytesIn - earlier.bytesIn,
                bytesOut - earlier.bytesOut,
                memory);
    }
}
