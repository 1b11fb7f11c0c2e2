package io.aegisflux.segmentation.cli.context;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A named way to reach a broker.
 *
 * @param description empty for none
 * @param urls one or several, separated by commas; empty for the default
 * @param others members of the file that change how to connect and that segctl does not know how to follow
 */
public record Context(
        String name,
        String description,
        String urls,
        Optional<String> user,
        Optional<String> password,
        Optional<String> token,
        Optional<String> credentials,
        List<String> others) {
    private static final List<String> NOT_FOLLOWED = List.of(
            "nkey",
            "user_jwt",
            "user_seed",
            "nsc",
            "cert",
            "key",
            "ca",
            "tls_first",
            "socks_proxy",
            "jetstream_domain",
            "jetstream_api_prefix",
            "inbox_prefix",
            "windows_cert_store");

    public Context {
        requireNonNull(name, "name is null");
        requireNonNull(description, "description is null");
        requireNonNull(urls, "urls is null");
        others = List.copyOf(others);
    }

    /** The context that a file of the nats CLI describes. */
    static Context of(String name, JsonNode file) {
        List<String> others = new ArrayList<>();
        for (String member : NOT_FOLLOWED) {
            JsonNode value = file.path(member);
            if (!value.isMissingNode() && !List.of("", "false", "null").contains(value.asText())) {
                others.add(member);
            }
        }
        Optional<String> user = text(file, "user");
        return new Context(
                name,
                text(file, "description").orElse(""),
                text(file, "url").orElse(""),
                user,
                user.map(any -> text(file, "password").orElse("")),
                text(file, "token"),
                text(file, "creds"),
                others);
    }

    /** The file that describes it. */
    ObjectNode file() {
        ObjectNode file = JsonNodeFactory.instance.objectNode();
        file.put("description", description).put("url", urls);
        token.ifPresent(text -> file.put("token", text));
        user.ifPresent(text -> file.put("user", text));
        password.ifPresent(text -> file.put("password", text));
        credentials.ifPresent(text -> file.put("creds", text));
        return file;
    }

    /**
     * Makes sure that segctl reaches the broker in the way that is meant.
     *
     * @throws Failure of the usage kind naming what it does not know how to follow
     */
    public void requireFollowed() {
        if (!others.isEmpty()) {
            throw Failure.usage(
                    "the context %s has %s, which segctl does not know how to follow"
                            .formatted(name, String.join(", ", others)),
                    "use one with creds, or user and password, or token: segctl context ls");
        }
    }

    /** The credentials file, with the home directory for a leading {@code ~}. */
    public Optional<Path> credentialsFile(Optional<Path> home) {
        return credentials.map(text ->
                text.startsWith("~/") && home.isPresent() ? home.get().resolve(text.substring(2)) : Path.of(text));
    }

    private static Optional<String> text(JsonNode file, String member) {
        return Optional.ofNullable(file.path(member).textValue()).filter(value -> !value.isEmpty());
    }
}
