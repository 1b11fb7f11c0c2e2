package io.aegisflux.segmentation.harness;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;

/** Any NATS client, which bears a broker that is away. */
public final class PlainClient {
    private PlainClient() {}

    /**
     * Connects.
     *
     * @throws IllegalStateException when no broker answers
     */
    public static Connection connect(String url) {
        try {
            return Nats.connect(Options.builder()
                    .server(url)
                    .maxReconnects(-1)
                    .reconnectWait(Duration.ofMillis(100))
                    .errorListener(new ErrorListener() {})
                    .build());
        } catch (IOException e) {
            throw new IllegalStateException("cannot connect to " + url, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
