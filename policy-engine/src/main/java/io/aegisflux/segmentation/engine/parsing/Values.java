package io.aegisflux.segmentation.engine.parsing;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.engine.language.LabelKey;
import io.aegisflux.segmentation.engine.language.Limits;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Readers of single values; each returns empty after it said at its place what is wrong. */
final class Values {
    static final Map<String, Direction> DIRECTIONS = words(Direction.values(), Direction::wireName);
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,127}");
    private static final Pattern INSTANT = Pattern.compile("(19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}"
            + "T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})");
    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1F\\x7F-\\x9F]");

    private Values() {}

    /** The wire words of an enum, in its order. */
    static <E> Map<String, E> words(E[] values, Function<E, String> word) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E value : values) {
            words.put(word.apply(value), value);
        }
        return words;
    }

    static Optional<String> text(JsonNode node, Place place) {
        return node.isTextual() ? Optional.of(node.textValue()) : wrongType(node, place, "a text in quotes");
    }

    /** A text of 1 to {@code longest} characters on one line. */
    static Optional<String> line(JsonNode node, Place place, int longest) {
        return text(node, place).flatMap(text -> {
            if (text.isBlank()) {
                return place.refuse("the text is empty", "write at least one visible character");
            }
            return boundedLine(text, place, longest);
        });
    }

    static Optional<String> boundedLine(String text, Place place, int longest) {
        int characters = text.codePointCount(0, text.length());
        if (characters > longest) {
            return place.refuse(
                    "%s has %d characters".formatted(Shown.text(text), characters),
                    "use at most %d characters".formatted(longest));
        }
        if (CONTROL.matcher(text).find()) {
            return place.refuse(
                    "%s holds a control character".formatted(Shown.text(text)), "write it on one line, without it");
        }
        return Optional.of(text);
    }

    /** An id: one token, which may stand in a subject. */
    static Optional<String> token(JsonNode node, Place place) {
        return text(node, place)
                .flatMap(text -> TOKEN.matcher(text).matches()
                        ? Optional.of(text)
                        : place.refuse(
                                "%s is not an id".formatted(Shown.text(text)),
                                "write 1 to 128 letters, digits, '_' and '-', a letter or digit first: "
                                        + "no dots, spaces or wildcards"));
    }

    /** An id that the subject names too. */
    static Optional<String> expectedToken(JsonNode node, Place place, Optional<String> expected) {
        return token(node, place)
                .flatMap(id -> expected.isEmpty() || expected.get().equals(id)
                        ? Optional.of(id)
                        : place.refuse(
                                "the id is %s, but the subject ends in %s"
                                        .formatted(Shown.text(id), Shown.text(expected.get())),
                                "write \"%s\", or publish to the subject of this id".formatted(expected.get())));
    }

    static Optional<String> labelKey(String key, Place place) {
        return LabelKey.isValid(key)
                ? Optional.of(key)
                : place.refuse("%s is not the key of a label".formatted(Shown.text(key)), "write " + LabelKey.IN_WORDS);
    }

    /** Labels with their values; empty when one of them is refused. */
    static Optional<Map<String, String>> labels(JsonNode node, Place place, int most) {
        if (!node.isObject()) {
            return wrongType(node, place, "an object of labels like {\"app\": \"web\"}");
        }
        if (node.size() > most) {
            return place.refuse("%d labels are too many".formatted(node.size()), "use at most %d".formatted(most));
        }
        Map<String, String> labels = new LinkedHashMap<>();
        node.properties().forEach(entry -> {
            Place here = place.member(entry.getKey());
            labelKey(entry.getKey(), here)
                    .flatMap(key ->
                            text(entry.getValue(), here).flatMap(text -> boundedLine(text, here, Limits.LABEL_VALUE)))
                    .ifPresent(value -> labels.put(entry.getKey(), value));
        });
        return labels.size() == node.size() ? Optional.of(labels) : Optional.empty();
    }

    static Optional<Boolean> flag(JsonNode node, Place place) {
        return node.isBoolean() ? Optional.of(node.booleanValue()) : wrongType(node, place, "true or false");
    }

    static Optional<Long> whole(JsonNode node, Place place, long low, long high) {
        String wanted = "a whole number from %d to %d".formatted(low, high);
        if (!node.isNumber()) {
            return wrongType(node, place, wanted + (isDigits(node) ? ", without quotes" : ""));
        }
        if (!node.isLong() || node.longValue() < low || node.longValue() > high) {
            return place.refuse("%s is not %s".formatted(Shown.value(node), wanted), "write " + wanted);
        }
        return Optional.of(node.longValue());
    }

    static <E> Optional<E> word(JsonNode node, Place place, Map<String, E> words) {
        if (!node.isTextual()) {
            return wrongType(node, place, "one of " + String.join(", ", words.keySet()));
        }
        E value = words.get(node.textValue());
        return value != null
                ? Optional.of(value)
                : place.refuse(
                        "%s is not known here".formatted(Shown.value(node)),
                        Suggestion.hint(node.textValue(), words.keySet()));
    }

    /** An ISO-8601 date and time with its offset, in the years 1970 to 9999. */
    static Optional<Instant> instant(JsonNode node, Place place) {
        return text(node, place).flatMap(text -> {
            try {
                if (INSTANT.matcher(text).matches()) {
                    return Optional.of(OffsetDateTime.parse(text).toInstant());
                }
            } catch (DateTimeException e) {
                // such as the 30th of February: refused below like any other text
            }
            return place.refuse(
                    "%s is not a date and time with an offset, from 1970 to 9999".formatted(Shown.text(text)),
                    "write it as ISO 8601, like \"2027-01-31T18:00:00Z\" or \"2027-01-31T18:00:00+01:00\"");
        });
    }

    /** A list of 1 to {@code most} items; empty when one of them is refused. */
    static <T> Optional<List<T>> list(
            JsonNode node, Place place, int most, BiFunction<JsonNode, Place, Optional<T>> reader) {
        if (!node.isArray()) {
            return wrongType(node, place, "a list in [ ]");
        }
        if (node.isEmpty()) {
            return place.refuse("the list is empty", "write at least one value");
        }
        return items(node, place, most, reader);
    }

    /** As {@link #list}, but the list may be empty. */
    static <T> Optional<List<T>> items(
            JsonNode node, Place place, int most, BiFunction<JsonNode, Place, Optional<T>> reader) {
        if (!node.isArray()) {
            return wrongType(node, place, "a list in [ ]");
        }
        if (node.size() > most) {
            return place.refuse("%d are too many".formatted(node.size()), "write at most %d".formatted(most));
        }
        List<T> items = new ArrayList<>(node.size());
        for (int i = 0; i < node.size() && !place.violations().isFull(); i++) {
            reader.apply(node.get(i), place.item(i)).ifPresent(items::add);
        }
        return items.size() == node.size() ? Optional.of(items) : Optional.empty();
    }

    static <T> Optional<T> wrongType(JsonNode node, Place place, String wanted) {
        if (node == StrictJson.REFUSED) {
            return Optional.empty();
        }
        if (node.isNull()) {
            return place.refuse("null stands where %s is wanted".formatted(wanted), "write a value or leave it out");
        }
        String kind = switch (node.getNodeType()) {
            case STRING -> "the text ";
            case NUMBER -> "the number ";
            default -> "";
        };
        return place.refuse(
                "%s%s stands where %s is wanted".formatted(kind, Shown.value(node), wanted), "write " + wanted);
    }

    private static boolean isDigits(JsonNode node) {
        return node.isTextual() && node.textValue().matches("[0-9]{1,10}");
    }
}
