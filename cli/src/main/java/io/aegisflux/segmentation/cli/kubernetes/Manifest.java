package io.aegisflux.segmentation.cli.kubernetes;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * One object of Kubernetes.
 *
 * @param source where it is from, for people: file, document and item
 */
public record Manifest(String source, JsonNode body) {
    public Manifest {
        requireNonNull(source, "source is null");
        requireNonNull(body, "body is null");
    }

    /** The object, or the items of a list. */
    static List<Manifest> expanded(Manifest manifest) {
        if (!manifest.kind().endsWith("List") || !manifest.body().path("items").isArray()) {
            return List.of(manifest);
        }
        List<Manifest> items = new ArrayList<>();
        for (JsonNode item : manifest.body().path("items")) {
            String source = "%s item %d".formatted(manifest.source(), items.size() + 1);
            items.addAll(expanded(new Manifest(source, manifest.typed(item))));
        }
        return items;
    }

    /** An item of this list; the items of a typed list do not say what they are. */
    private JsonNode typed(JsonNode item) {
        String kind = kind().substring(0, kind().length() - "List".length());
        if (kind.isEmpty() || item.has("kind") || !(item instanceof ObjectNode object)) {
            return item;
        }
        return object.deepCopy().put("kind", kind).put("apiVersion", apiVersion());
    }

    String kind() {
        return body.path("kind").asText("");
    }

    String apiVersion() {
        return body.path("apiVersion").asText("");
    }

    /** The text of a member of its metadata, or the other when there is none. */
    String metadata(String member, String other) {
        return body.path("metadata").path(member).asText(other);
    }
}
