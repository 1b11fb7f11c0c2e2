package io.aegisflux.segmentation.engine.parsing;

import com.fasterxml.jackson.databind.JsonNode;

/** Values of a document in the words of a reason: short, on one line, without control characters. */
final class Shown {
    private static final int LENGTH = 60;

    private Shown() {}

    static String text(String text) {
        int end = text.length() > LENGTH
                ? text.offsetByCodePoints(0, Math.min(LENGTH, text.codePointCount(0, LENGTH)))
                : text.length();
        String head = end < text.length() ? text.substring(0, end) + "…" : text;
        return '"' + head.replaceAll("[\\x00-\\x1F\\x7F-\\x9F\\p{Cf}\\u2028\\u2029]", "?") + '"';
    }

    static String value(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> text(node.textValue());
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case NULL -> "null";
            default -> {
                String plain = node.asText();
                yield plain.length() > LENGTH ? plain.substring(0, LENGTH) + "…" : plain;
            }
        };
    }
}
