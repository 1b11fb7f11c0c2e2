package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.Yaml;

/** The AsyncAPI document, read: channels, operations and messages with their references followed. */
final class AsyncApi {
    private final JsonNode root;

    private AsyncApi(JsonNode root) {
        this.root = root;
    }

    static AsyncApi read() {
        try (InputStream file = AsyncApi.class.getResourceAsStream("asyncapi.yaml")) {
            return new AsyncApi(Wire.mapper().valueToTree(new Yaml().<Object>load(Objects.requireNonNull(file))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A subject, or a family of subjects with parameters.
     *
     * @param address null for the inbox
     * @param stream null where nothing is kept
     */
    record Channel(
            String id,
            String address,
            String title,
            String description,
            String stream,
            String kept,
            List<String> parameters,
            List<Message> messages) {}

    /**
     * A message.
     *
     * @param type the record that it is read into, empty where there is none
     * @param inside where it stands when no channel carries it; null else
     * @param schema the file of its payload's schema; null where the body is empty
     * @param headers the file of its headers' schema; null where there is none
     */
    record Message(
            String key,
            String title,
            String summary,
            Optional<Class<?>> type,
            String inside,
            String schema,
            String headers,
            List<Example> examples) {}

    /**
     * An example of a message.
     *
     * @param file under the resources of this package
     * @param schema the file of the schema that it must hold
     */
    record Example(String name, String summary, String file, String schema) {
        byte[] bytes() {
            return Examples.read(name);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * What one role does on a channel.
     *
     * @param sends false: receives
     * @param answers empty where no reply is given
     */
    record Operation(
            String id, boolean sends, String channel, String summary, List<String> roles, List<Message> answers) {}

    JsonNode root() {
        return root;
    }

    List<Channel> channels() {
        return root.get("channels").properties().stream()
                .map(entry -> channel(entry.getKey(), entry.getValue()))
                .toList();
    }

    List<Operation> operations() {
        return root.get("operations").properties().stream()
                .map(entry -> operation(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Every message, those inside others included. */
    List<Message> messages() {
        return root.at("/components/messages").properties().stream()
                .map(entry -> message(entry.getKey()))
                .toList();
    }

    Stream<Example> examples() {
        return messages().stream().flatMap(message -> message.examples().stream());
    }

    /** What a reference into this document names; a missing node where it names nothing. */
    JsonNode at(String reference) {
        return root.at(reference.substring(1));
    }

    private Channel channel(String id, JsonNode node) {
        return new Channel(
                id,
                text(node, "address"),
                text(node, "title"),
                text(node, "description"),
                text(node, "x-stream"),
                text(node, "x-kept"),
                node.path("parameters")
                        .propertyStream()
                        .map(java.util.Map.Entry::getKey)
                        .toList(),
                messages(node.get("messages")));
    }

    private Operation operation(String id, JsonNode node) {
        JsonNode reply = node.has("reply") ? at(reference(node.get("reply"))) : node.path("reply");
        return new Operation(
                id,
                node.get("action").asText().equals("send"),
                lastWord(reference(node.get("channel"))),
                text(node, "summary"),
                elements(node.path("tags")).map(tag -> tag.get("name").asText()).toList(),
                messages(reply.path("messages")));
    }

    private List<Message> messages(JsonNode references) {
        return elements(references)
                .map(AsyncApi::reference)
                .map(reference -> message(lastWord(reference)))
                .toList();
    }

    private Message message(String key) {
        JsonNode node = root.at("/components/messages").get(key);
        String schema = reference(node.path("payload"));
        String headers = reference(node.path("headers"));
        return new Message(
                key,
                text(node, "title"),
                text(node, "summary"),
                Optional.ofNullable(text(node, "x-record")).map(AsyncApi::type),
                text(node, "x-inside"),
                schema,
                headers,
                elements(node.path("examples"))
                        .map(example -> example(example, schema, headers))
                        .toList());
    }

    private static Example example(JsonNode node, String schema, String headers) {
        boolean payload = node.has("payload");
        return new Example(
                node.get("name").asText(),
                text(node, "summary"),
                reference(node.get(payload ? "payload" : "headers")),
                payload ? schema : headers);
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(AsyncApi.class.getPackageName() + "." + name.replace('.', '$'));
        } catch (ClassNotFoundException e) {
            throw new AssertionError("x-record names no record: " + name, e);
        }
    }

    private static Stream<JsonNode> elements(JsonNode container) {
        return StreamSupport.stream(container.spliterator(), false);
    }

    private static String reference(JsonNode node) {
        return text(node, "$ref");
    }

    private static String lastWord(String reference) {
        return reference.substring(reference.lastIndexOf('/') + 1);
    }

    private static String text(JsonNode node, String member) {
        return node.path(member).isTextual() ? node.get(member).asText().strip() : null;
    }
}
