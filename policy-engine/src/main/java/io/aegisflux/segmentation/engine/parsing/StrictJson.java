package io.aegisflux.segmentation.engine.parsing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.aegisflux.segmentation.engine.language.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads bytes as exactly one JSON value (RFC 8259) within {@link Limits}. What is wrong in one place does not stop the
 * reading where the rest can still be understood. Iterative: nesting costs no stack.
 */
final class StrictJson {
    /** Stands for a value that was refused here already, so that no later reader complains about it again. */
    static final JsonNode REFUSED = new POJONode("refused");

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Limits.DOCUMENT_BYTES)
                    .maxNameLength(Limits.DOCUMENT_BYTES)
                    .maxStringLength(Limits.DOCUMENT_BYTES)
                    .build())
            .build();

    /** What Jackson adds about its own switches and sources, which nobody who writes a policy has. */
    private static final Pattern JACKSONS_OWN =
            Pattern.compile(" \\((?:start marker at|not recognized as|for Feature)[\\s\\S]*|\\R[\\s\\S]*");

    private final Violations violations;
    private final Deque<Open> open = new ArrayDeque<>();

    private StrictJson(Violations violations) {
        this.violations = violations;
    }

    /** A list or object whose end has not been read. */
    private record Open(JsonNode container, Place place) {}

    /** The value, or empty when the bytes cannot be understood to their end; the reasons are in {@code violations}. */
    static Optional<JsonNode> read(byte[] body, Violations violations) {
        return decode(body, Place.root(violations)).flatMap(new StrictJson(violations)::read);
    }

    private static Optional<String> decode(byte[] body, Place document) {
        if (body.length == 0) {
            return document.refuse("the document is empty", "write a JSON object");
        }
        if (body.length > Limits.DOCUMENT_BYTES) {
            return document.refuse(
                    "the document has %d bytes, more than %d".formatted(body.length, Limits.DOCUMENT_BYTES),
                    "split it into several policies");
        }
        if (body.length >= 3 && (body[0] & 0xFF) == 0xEF && (body[1] & 0xFF) == 0xBB && (body[2] & 0xFF) == 0xBF) {
            return document.refuse("the document begins with a byte order mark", "save it as UTF-8 without one");
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString());
        } catch (CharacterCodingException e) {
            return document.refuse("the document is not valid UTF-8", "save it as UTF-8");
        }
    }

    private Optional<JsonNode> read(String text) {
        JsonPointer[] at = {JsonPointer.empty()};
        try (JsonParser parser = FACTORY.createParser(text)) {
            return read(parser, at);
        } catch (JsonProcessingException e) {
            return new Place(at[0], violations).refuse(reason(e), "write valid JSON (RFC 8259)");
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be read", e);
        }
    }

    /** @param at kept at the innermost list or object, for the pointer when the text breaks off or is wrong */
    private Optional<JsonNode> read(JsonParser parser, JsonPointer[] at) throws IOException {
        JsonNode root = null;
        while (true) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                if (root != null) {
                    return Optional.of(root);
                }
                return Place.root(violations).refuse("the document holds no JSON value", "write a JSON object");
            }
            if (root != null && open.isEmpty()) {
                return Place.root(violations)
                        .refuse(
                                "something follows after the end of the document",
                                "remove what follows its last brace");
            }
            if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
                open.pop();
            } else if (token == JsonToken.FIELD_NAME) {
                if (!isAcceptable(parser.currentName())) {
                    parser.nextToken();
                    parser.skipChildren();
                }
            } else {
                Optional<JsonNode> value = value(parser, token);
                if (value.isEmpty()) {
                    return Optional.empty();
                }
                root = root == null ? value.get() : root;
            }
            at[0] = open.isEmpty() ? JsonPointer.empty() : open.peek().place().pointer();
        }
    }

    /** Adds the value that begins here to its list or object; empty when it is nested too deep to go on. */
    private Optional<JsonNode> value(JsonParser parser, JsonToken token) throws IOException {
        Place place = place(parser);
        JsonNode value = token.isStructStart() ? container(token) : scalar(parser, token, place);
        if (token.isStructStart() && open.size() == Limits.NESTING) {
            return place.refuse(
                    "nested deeper than %d levels".formatted(Limits.NESTING), "flatten it; a policy needs 6 levels");
        }
        if (!open.isEmpty()) {
            switch (open.peek().container()) {
                case ObjectNode object -> object.set(parser.currentName(), value);
                case ArrayNode array -> array.add(value);
                default -> throw new IllegalStateException("neither list nor object is open");
            }
        }
        if (token.isStructStart()) {
            open.push(new Open(value, place));
        }
        return Optional.of(value);
    }

    private Place place(JsonParser parser) throws IOException {
        if (open.isEmpty()) {
            return Place.root(violations);
        }
        Open parent = open.peek();
        return parent.container() instanceof ArrayNode array
                ? parent.place().item(array.size())
                : parent.place().member(parser.currentName());
    }

    private boolean isAcceptable(String name) {
        Open parent = open.peek();
        if (name.length() > Limits.MEMBER_NAME) {
            parent.place()
                    .refuse(
                            "the name of a member, %s, has %d characters".formatted(Shown.text(name), name.length()),
                            "use at most %d characters".formatted(Limits.MEMBER_NAME));
            return false;
        }
        if (!isCleanText(name)) {
            parent.place()
                    .refuse("the name of a member holds half a surrogate pair or U+0000", "remove that character");
            return false;
        }
        if (parent.container().has(name)) {
            parent.place()
                    .member(name)
                    .refuse("%s is written twice".formatted(Shown.text(name)), "keep one of the two");
            return false;
        }
        return true;
    }

    private static JsonNode container(JsonToken token) {
        return token == JsonToken.START_OBJECT
                ? JsonNodeFactory.instance.objectNode()
                : JsonNodeFactory.instance.arrayNode();
    }

    private static JsonNode scalar(JsonParser parser, JsonToken token, Place place) throws IOException {
        return switch (token) {
            case VALUE_STRING -> text(parser.getText(), place);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getText(), token, place);
            case VALUE_TRUE -> BooleanNode.TRUE;
            case VALUE_FALSE -> BooleanNode.FALSE;
            default -> NullNode.instance;
        };
    }

    private static JsonNode text(String text, Place place) {
        int characters = text.codePointCount(0, text.length());
        if (characters > Limits.TEXT) {
            place.refuse("the text has %d characters, more than %d".formatted(characters, Limits.TEXT), "shorten it");
            return REFUSED;
        }
        if (!isCleanText(text)) {
            place.refuse("the text holds half a surrogate pair or U+0000", "remove that character");
            return REFUSED;
        }
        return TextNode.valueOf(text);
    }

    private static JsonNode number(String digits, JsonToken token, Place place) {
        if (digits.length() > Limits.NUMBER) {
            place.refuse(
                    "the number %s… has %d characters".formatted(digits.substring(0, Limits.NUMBER), digits.length()),
                    "write it with at most %d characters".formatted(Limits.NUMBER));
            return REFUSED;
        }
        try {
            BigDecimal number = new BigDecimal(digits);
            boolean isLong = token == JsonToken.VALUE_NUMBER_INT && number.precision() <= 18;
            return isLong ? LongNode.valueOf(number.longValueExact()) : DecimalNode.valueOf(number);
        } catch (NumberFormatException e) {
            place.refuse("the exponent of %s is too large".formatted(digits), "write a smaller number");
            return REFUSED;
        }
    }

    /** Whether the text can be stored as UTF-8 and shown as a C string. */
    private static boolean isCleanText(String text) {
        return text.codePoints().noneMatch(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private static String reason(JsonProcessingException e) {
        String message =
                JACKSONS_OWN.matcher(e.getOriginalMessage()).replaceFirst("").strip();
        String what = message.startsWith("Non-standard token") ? "NaN and Infinity are not JSON" : shorten(message);
        return e.getLocation() == null
                ? what
                : "line %d, column %d: %s"
                        .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr(), what);
    }

    private static String shorten(String message) {
        String head = message.length() > 160 ? message.substring(0, 160) + "…" : message;
        return head.replaceAll("\\p{Cntrl}", "?");
    }
}
