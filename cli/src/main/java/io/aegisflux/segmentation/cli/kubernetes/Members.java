package io.aegisflux.segmentation.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.Set;

/** Members of a manifest, of the type that Kubernetes gives them; what is not there or null is empty. */
final class Members {
    private Members() {}

    /**
     * @throws Untranslatable when there is a member of another name: what it asks is not known here
     */
    static void known(JsonNode node, String path, Set<String> names) {
        if (!node.isObject()) {
            throw new Untranslatable(path, "an object is wanted here");
        }
        for (Iterator<String> members = node.fieldNames(); members.hasNext(); ) {
            String name = members.next();
            if (!names.contains(name)) {
                throw new Untranslatable(path + "/" + escaped(name), "this member is not known here");
            }
        }
    }

    static ObjectNode object(JsonNode parent, String member, String path) {
        JsonNode node = parent.path(member);
        if (isAbsent(node)) {
            return JsonNodeFactory.instance.objectNode();
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new Untranslatable(path + "/" + member, "an object is wanted here");
    }

    static JsonNode list(JsonNode parent, String member, String path) {
        JsonNode node = parent.path(member);
        if (isAbsent(node)) {
            return JsonNodeFactory.instance.arrayNode();
        }
        if (node.isArray()) {
            return node;
        }
        throw new Untranslatable(path + "/" + member, "a list is wanted here");
    }

    static boolean has(JsonNode parent, String member) {
        return !isAbsent(parent.path(member));
    }

    /** A text without control characters. */
    static String text(JsonNode node, String path) {
        if (!node.isTextual() || node.textValue().chars().anyMatch(Character::isISOControl)) {
            throw new Untranslatable(path, "a text on one line is wanted here");
        }
        return node.textValue();
    }

    static int number(JsonNode node, String path, int low, int high) {
        if (!node.isInt() || node.intValue() < low || node.intValue() > high) {
            throw new Untranslatable(path, "a number from %d to %d is wanted here".formatted(low, high));
        }
        return node.intValue();
    }

    /** A name as a step of a JSON pointer. */
    static String escaped(String step) {
        return step.replace("~", "~0").replace("/", "~1");
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }
}
