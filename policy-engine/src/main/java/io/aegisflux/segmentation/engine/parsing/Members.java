package io.aegisflux.segmentation.engine.parsing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.BiFunction;

/** The members of an object of the document, of which every one must be known. */
final class Members {
    private final ObjectNode object;
    private final Place place;

    private Members(ObjectNode object, Place place) {
        this.object = object;
        this.place = place;
    }

    /** Refuses members that are not known; empty when the node is no object. */
    static Optional<Members> of(JsonNode node, Place place, Collection<String> known) {
        if (!(node instanceof ObjectNode object)) {
            return Values.wrongType(node, place, "an object in { }");
        }
        Iterator<String> names = object.fieldNames();
        while (names.hasNext() && !place.violations().isFull()) {
            String name = names.next();
            if (!known.contains(name)) {
                refuseUnknown(name, place, known);
            }
        }
        return Optional.of(new Members(object, place));
    }

    private static void refuseUnknown(String name, Place place, Collection<String> known) {
        place.member(name)
                .refuse(
                        "no member is called %s here".formatted(Shown.text(name)),
                        Suggestion.nearest(name, known)
                                .map("rename it to \"%s\""::formatted)
                                .orElse("remove it; known are " + String.join(", ", known)));
    }

    Place place() {
        return place;
    }

    boolean has(String name) {
        return object.has(name);
    }

    /** Whether the member is absent or was read: false when it was refused. */
    static boolean isFine(boolean present, Optional<?> value) {
        return !present || value.isPresent();
    }

    <T> Optional<T> optional(String name, BiFunction<JsonNode, Place, Optional<T>> reader) {
        JsonNode node = object.get(name);
        return node == null ? Optional.empty() : reader.apply(node, place.member(name));
    }

    <T> Optional<T> required(String name, String hint, BiFunction<JsonNode, Place, Optional<T>> reader) {
        JsonNode node = object.get(name);
        return node == null
                ? place.member(name).refuse("\"%s\" is missing".formatted(name), hint)
                : reader.apply(node, place.member(name));
    }

    /** Refuses a member that is reserved for what no host can enforce yet. */
    void reserved(String name, String reason, String hint) {
        if (object.has(name)) {
            place.member(name).refuse(reason, hint);
        }
    }
}
