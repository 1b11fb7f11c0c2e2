package io.aegisflux.segmentation.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lines of nats-server configuration that let a page of the dashboard in, with the rights that {@link #USERS} gives. */
public final class WebSocketAccess {
    /** The users of clusters for development, within the checkout. */
    public static final Path USERS = Path.of("deploy/nats/users.conf");

    /** The one of them that asks and changes nothing. */
    public static final String VIEWER = "viewer";

    /** The one of them that may also publish policies. */
    public static final String EDITOR = "editor";

    private WebSocketAccess() {}

    /**
     * @param address to listen on, a literal
     * @param origin of the page, e.g. {@code http://127.0.0.1:8083}; pages of others are refused
     * @param user as whom every page comes in
     */
    public static String configuration(String address, int port, String origin, String user) {
        return """
                websocket {
                  listen: "%s:%d"
                  no_tls: true
                  no_auth_user: %s
                  allowed_origins: ["%s"]
                }
                %s
                """.formatted(address, port, user, origin, users());
    }

    private static String users() {
        try {
            return Files.readString(Repository.root().resolve(USERS));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + USERS, e);
        }
    }
}
