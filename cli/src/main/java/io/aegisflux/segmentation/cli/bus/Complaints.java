package io.aegisflux.segmentation.cli.bus;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What the broker says against us outside of any answer: above all, that a subject is not permitted. */
final class Complaints implements ErrorListener {
    private final CompletableFuture<String> denial = new CompletableFuture<>();
    private final CompletableFuture<String> refusal = new CompletableFuture<>();
    private final Consumer<String> details;

    /**
     * @param details told everything, for {@code -v}
     */
    Complaints(Consumer<String> details) {
        this.details = words -> details.accept(BusSettings.redacted(words));
    }

    /** Completes with the broker's words when it does not let us in. */
    CompletableFuture<String> denial() {
        return denial;
    }

    /** Completes with the broker's words when it refused a publish or a subscription. */
    CompletableFuture<String> refusal() {
        return refusal;
    }

    @Override
    public void errorOccurred(Connection connection, String error) {
        details.accept("nats: " + error);
        String words = error.toLowerCase(Locale.ROOT);
        if (words.contains("permissions violation")) {
            refusal.complete(error);
        } else if (words.contains("authorization") || words.contains("authentication")) {
            denial.complete(error);
        }
    }

    @Override
    public void exceptionOccurred(Connection connection, Exception exception) {
        details.accept("nats: " + exception);
    }
}
