package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import io.aegisflux.segmentation.contracts.Wire;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The unified diff of two documents, each written with sorted members and every value on a line of its own. */
final class TextDiff {
    private static final int CONTEXT = 3;
    private static final DefaultIndenter LINES = new DefaultIndenter("  ", "\n");
    private static final ObjectWriter PRETTY = Wire.mapper()
            .writer(new DefaultPrettyPrinter().withObjectIndenter(LINES).withArrayIndenter(LINES));

    private TextDiff() {}

    /** The lines of the diff; none where the documents are equal but for the order of members. */
    static List<String> between(String nameBefore, JsonNode before, String nameAfter, JsonNode after) {
        List<String> old = lines(before);
        return UnifiedDiffUtils.generateUnifiedDiff(
                nameBefore, nameAfter, old, DiffUtils.diff(old, lines(after)), CONTEXT);
    }

    private static List<String> lines(JsonNode document) {
        try {
            return PRETTY.writeValueAsString(sorted(document)).lines().toList();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isObject()) {
            List<String> names = new ArrayList<>();
            node.fieldNames().forEachRemaining(names::add);
            Collections.sort(names);
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            names.forEach(name -> object.set(name, sorted(node.get(name))));
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node.forEach(element -> array.add(sorted(element)));
            return array;
        }
        return node;
    }
}
