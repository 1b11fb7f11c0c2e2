package io.aegisflux.segmentation.cli.bus;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.outcome.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How to reach the broker.
 *
 * @param urls one or several, separated by commas
 * @param credentials a credentials file
 * @param user given with {@code password} or not at all
 * @param token in place of user and password
 * @param timeout for the connection and for each answer
 */
public record BusSettings(
        String urls,
        Optional<Path> credentials,
        Optional<String> user,
        Optional<String> password,
        Optional<String> token,
        Duration timeout) {

    /**
     * @throws Failure of the usage kind when the values do not go together
     */
    public BusSettings {
        requireNonNull(urls, "urls is null");
        if (urls.isBlank()) {
            throw Failure.usage("the server's address is empty", "write --server nats://HOST:4222, or unset NATS_URL");
        }
        if (user.isPresent() != password.isPresent()) {
            throw Failure.usage("--user and --password are given together or not at all", "give both, or --creds FILE");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw Failure.usage("a timeout of " + timeout + " leaves no time for an answer", "write --timeout 5s");
        }
    }

    /** The addresses without the passwords and tokens that may stand in them. */
    public String shownUrls() {
        return withoutSecrets(urls);
    }

    /** An address, or several, without what stands before an {@code @}. */
    public static String withoutSecrets(String urls) {
        return urls.replaceAll("(?<=://|,|^)[^,/@]*@", "");
    }

    /** Words of others, without what stands before the {@code @} of an address in them. */
    public static String redacted(String text) {
        return text.replaceAll("://[^\\s/@]*@", "://");
    }
}
