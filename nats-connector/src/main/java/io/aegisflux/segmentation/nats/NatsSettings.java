package io.aegisflux.segmentation.nats;

import static java.util.Objects.requireNonNull;

import io.nats.client.Options;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/**
 * How to reach the broker.
 *
 * @param urls one or several, separated by commas (NATS_URL)
 * @param credentials a credentials file (NATS_CREDS)
 * @param user with {@code password} (NATS_USER, NATS_PASSWORD)
 * @param clientName how the broker lists the connection: the service's name
 * @param replicas of every stream and bucket (SEGMENTATION_REPLICAS)
 */
public record NatsSettings(
        String urls,
        Optional<Path> credentials,
        Optional<String> user,
        Optional<String> password,
        String clientName,
        int replicas) {

    public NatsSettings {
        requireNonNull(urls, "urls is null");
        requireNonNull(clientName, "clientName is null");
        if (urls.isBlank()) {
            throw new IllegalArgumentException("NATS_URL is empty: write nats://host:4222");
        }
        if (user.isPresent() != password.isPresent()) {
            throw new IllegalArgumentException("NATS_USER and NATS_PASSWORD are given together or not at all");
        }
        if (replicas < 1 || replicas > 5) {
            throw new IllegalArgumentException("SEGMENTATION_REPLICAS is 1 to 5, not " + replicas);
        }
    }

    /** A broker without authentication, one replica. */
    public static NatsSettings of(String urls, String clientName) {
        return new NatsSettings(urls, Optional.empty(), Optional.empty(), Optional.empty(), clientName, 1);
    }

    static NatsSettings from(Config config) {
        return new NatsSettings(
                config.getOptionalValue("nats.url", String.class).orElse("nats://localhost:4222"),
                config.getOptionalValue("nats.creds", String.class).map(Path::of),
                config.getOptionalValue("nats.user", String.class),
                config.getOptionalValue("nats.password", String.class),
                config.getOptionalValue("quarkus.application.name", String.class)
                        .orElse("segmentation"),
                config.getOptionalValue("segmentation.replicas", Integer.class).orElse(1));
    }

    /** Reconnects for ever, soon at first, with jitter so that a fleet does not come back at once. */
    Options.Builder options() {
        ConnectionLog log = new ConnectionLog();
        Options.Builder options = Options.builder()
                .connectionListener(log)
                .errorListener(log)
                .servers(urls.split("\\s*,\\s*"))
                .connectionName(clientName)
                .maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(250))
                .reconnectJitter(Duration.ofMillis(250))
                .connectionTimeout(Duration.ofSeconds(3))
                .pingInterval(Duration.ofSeconds(5))
                .maxPingsOut(2)
                .useDispatcherWithExecutor();
        credentials.ifPresent(file -> options.credentialPath(file.toString()));
        user.ifPresent(name -> options.userInfo(name, password.orElseThrow()));
        return options;
    }
}
