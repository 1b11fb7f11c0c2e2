package io.aegisflux.segmentation.cli.bus;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.outcome.Failure;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The first word with the broker: a connection within the timeout, or the reason why there is none. */
final class Greeting {
    /** So much longer jnats may try than we wait: who ends first must not be chance, for ours are the better words. */
    private static final Duration OURS_IS_FIRST = Duration.ofSeconds(2);

    private final BusSettings settings;

    Greeting(BusSettings settings) {
        this.settings = requireNonNull(settings, "settings is null");
    }

    /**
     * Connects.
     *
     * @param lasting comes back for ever when the broker goes away
     * @param notices told when that happens
     * @param details told what the connection meets
     * @throws Failure when the address is none, nobody is there or the broker does not let us in
     */
    Connection open(boolean lasting, Complaints complaints, Consumer<String> notices, Consumer<String> details) {
        Options.Builder options = Options.builder()
                .connectionName("segctl")
                .connectionTimeout(settings.timeout().plus(OURS_IS_FIRST))
                .maxReconnects(lasting ? -1 : 0)
                .reconnectWait(Duration.ofMillis(250))
                .reportNoResponders()
                .errorListener(complaints)
                .connectionListener((connection, event) -> {
                    details.accept("nats: " + event);
                    if (lasting) {
                        switch (event) {
                            case DISCONNECTED -> notices.accept("the broker went away; waiting for it to come back");
                            case RECONNECTED -> notices.accept("the broker is back");
                            default -> {}
                        }
                    }
                });
        settings.credentials().ifPresent(file -> options.authHandler(CredentialsFile.read(file)));
        settings.user()
                .ifPresent(user -> options.userInfo(user, settings.password().orElseThrow()));
        settings.token().ifPresent(token -> options.token(token.toCharArray()));
        return open(addressed(options), complaints.denial());
    }

    private Options addressed(Options.Builder options) {
        try {
            return options.servers(settings.urls().strip().split("\\s*,\\s*")).build();
        } catch (IllegalArgumentException e) {
            throw Failure.usage(
                    "%s is not an address of a NATS server".formatted(settings.shownUrls()),
                    "write --server nats://HOST:4222");
        }
    }

    /**
     * @param denial the broker's word that it does not let us in: jnats goes on waiting after it
     */
    private Connection open(Options options, CompletableFuture<String> denial) {
        // jnats gives every address of every server its own timeout, so ours has to be held from outside.
        CompletableFuture<Connection> opening = new CompletableFuture<>();
        Thread.ofVirtual().name("segctl-connect").start(() -> {
            try {
                Connection connection = Nats.connect(options);
                if (!opening.complete(connection)) {
                    connection.close();
                }
            } catch (IOException | InterruptedException | RuntimeException e) {
                opening.completeExceptionally(e);
            }
        });
        try {
            CompletableFuture.anyOf(opening, denial).get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
            if (denial.isDone() && !opening.isDone()) {
                opening.cancel(false);
                throw denied(denial.join(), null);
            }
            return opening.get();
        } catch (TimeoutException e) {
            opening.cancel(false);
            throw Failure.noAnswer(
                    "no answer from %s within %s".formatted(settings.shownUrls(), BusClient.words(settings.timeout())),
                    BusClient.START_NATS,
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while connecting", e);
        } catch (ExecutionException e) {
            throw refusal(e.getCause());
        }
    }

    private RuntimeException refusal(Throwable cause) {
        return switch (cause) {
            case AuthenticationException e -> denied(e.getMessage(), e);
            case IOException e -> Failure.noAnswer("no NATS at " + settings.shownUrls(), BusClient.START_NATS, e);
            default -> new IllegalStateException("cannot connect to " + settings.shownUrls(), cause);
        };
    }

    private Failure denied(String words, Exception cause) {
        return Failure.refused(
                "%s does not let us in: %s".formatted(settings.shownUrls(), words),
                "give --creds FILE, or --user and --password (NATS_CREDS, NATS_USER, NATS_PASSWORD)",
                cause);
    }
}
