package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A difference between two documents. Members of an array that have ids, as rules and tests do, are compared by these, in
 * whatever order they stand: the order of evaluation is by priority.
 *
 * @param path where, as a JSON pointer whose steps into such arrays are ids
 * @param before null where it was not there
 * @param after null where it is not there any more
 */
record DocumentChange(String path, JsonNode before, JsonNode after) {
    private static final List<String> NAMES = List.of("id", "name");

    /** All differences, in the order of the members. */
    static List<DocumentChange> between(JsonNode before, JsonNode after) {
        List<DocumentChange> changes = new ArrayList<>();
        compare("", before, after, changes);
        return changes;
    }

    /** One line of text, without a sign. */
    String text() {
        if (before == null || after == null) {
            return "%s  %s".formatted(path, before == null ? after : before);
        }
        return "%s  %s -> %s".formatted(path, before, after);
    }

    private static void compare(String path, JsonNode before, JsonNode after, List<DocumentChange> changes) {
        if (before.equals(after)) {
            return;
        }
        if (before.isObject() && after.isObject()) {
            Set<String> names = new LinkedHashSet<>();
            before.fieldNames().forEachRemaining(names::add);
            after.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> compare(path + '/' + escaped(name), before.path(name), after.path(name), changes));
        } else if (areNamed(before) && areNamed(after) && !(before.isEmpty() && after.isEmpty())) {
            Set<String> names = new LinkedHashSet<>();
            before.forEach(element -> names.add(name(element)));
            after.forEach(element -> names.add(name(element)));
            names.forEach(
                    name -> compare(path + '/' + escaped(name), element(before, name), element(after, name), changes));
        } else {
            changes.add(new DocumentChange(path, orNull(before), orNull(after)));
        }
    }

    private static JsonNode orNull(JsonNode node) {
        return node.isMissingNode() ? null : node;
    }

    /** Whether this is an array of objects with different names, or nothing. */
    private static boolean areNamed(JsonNode node) {
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode element : node) {
            if (!element.isObject() || name(element) == null || !names.add(name(element))) {
                return false;
            }
        }
        return node.isArray() || node.isMissingNode();
    }

    private static String name(JsonNode element) {
        return NAMES.stream()
                .map(element::path)
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue)
                .findFirst()
                .orElse(null);
    }

    private static JsonNode element(JsonNode array, String name) {
        for (JsonNode element : array) {
            if (name.equals(name(element))) {
                return element;
            }
        }
        return MissingNode.getInstance();
    }

    private static String escaped(String step) {
        return step.replace("~", "~0").replace("/", "~1");
    }
}
