package io.aegisflux.segmentation.cli.bus;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Author;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who we say to be when we publish: the NATS user as far as it is known here, else the operating system's user at this
 * host. Never anything of a token or a password.
 */
public final class Publisher {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private Publisher() {}

    /** The name in the credentials that are used; empty only where the machine does not even know its own user. */
    public static Optional<Author> of(BusSettings settings) {
        requireNonNull(settings, "settings is null");
        return Stream.of(
                        settings.credentials()
                                .map(file -> CredentialsFile.read(file).name()),
                        settings.user(),
                        userOf(settings.urls()),
                        Optional.of(userOfSystem()))
                .flatMap(Optional::stream)
                .map(Publisher::printable)
                .filter(name -> !name.isEmpty())
                .findFirst()
                .map(Author::new);
    }

    /** The user in the first address that has one with a password; what stands there alone is a token. */
    private static Optional<String> userOf(String urls) {
        return Arrays.stream(urls.strip().split("\\s*,\\s*"))
                .map(Publisher::userInfo)
                .filter(Objects::nonNull)
                .filter(info -> info.indexOf(':') > 0)
                .map(info -> info.substring(0, info.indexOf(':')))
                .findFirst();
    }

    private static String userInfo(String url) {
        try {
            return new URI(url.contains("://") ? url : "nats://" + url).getUserInfo();
        } catch (URISyntaxException e) {
            return null; // the connection says what is wrong with it
        }
    }

    private static String userOfSystem() {
        String user = System.getProperty("user.name", "");
        try {
            String host = Files.readString(HOST_NAME).strip();
            return user.isEmpty() || host.isEmpty() ? user : user + '@' + host;
        } catch (IOException e) {
            return user;
        }
    }

    /** As a header can carry it. */
    private static String printable(String name) {
        String ascii = name.replaceAll("[^ -~]", "?").strip();
        return ascii.substring(0, Math.min(Author.LONGEST, ascii.length())).strip();
    }
}
