package io.aegisflux.segmentation.cli.command;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.engine.filtering.FilterKey;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a half-written term of a filter can become. */
final class FilterCompletion {
    /** What a shell takes as it is. Others' words are inserted into a command line: nothing else may be among them. */
    private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}_.:/=@+-]+");

    private static final Set<FilterKey> ENDS = EnumSet.of(FilterKey.FROM, FilterKey.TO, FilterKey.ANY);
    private static final Set<FilterKey> OF_NAMES = EnumSet.of(FilterKey.WORKLOAD, FilterKey.LABEL);

    private final boolean ofEvents;
    private final BiFunction<FilterKey, String, List<String>> hints;

    /**
     * @param ofEvents whether it is about events, which carry addresses and no names
     * @param hints the values that a key can have which begin so
     */
    FilterCompletion(boolean ofEvents, BiFunction<FilterKey, String, List<String>> hints) {
        this.ofEvents = ofEvents;
        this.hints = requireNonNull(hints, "hints is null");
    }

    /**
     * Keys while there is no colon, and behind it values. A key that alone is left brings its values along: a shell then goes on to
     * the colon and sets no space behind it.
     */
    List<String> of(String typed) {
        String negation = typed.startsWith("!") ? "!" : "";
        if (typed.indexOf(':') >= 0) {
            return values(typed);
        }
        List<String> keys = keys().map(key -> negation + key + ":")
                .filter(key -> key.startsWith(typed))
                .toList();
        if (keys.size() != 1) {
            return keys;
        }
        List<String> values = values(keys.getFirst());
        return values.isEmpty() ? keys : values;
    }

    private List<String> values(String typed) {
        int begin = Math.max(typed.indexOf(':'), typed.lastIndexOf(',')) + 1;
        String before = typed.substring(0, begin);
        return key(typed.substring(typed.startsWith("!") ? 1 : 0, typed.indexOf(':')))
                .map(key -> ofEvents && ENDS.contains(key) ? FilterKey.IP : key)
                .map(key -> hints.apply(key, typed.substring(begin)))
                .orElse(List.of())
                .stream()
                .filter(value -> PLAIN.matcher(value).matches())
                .map(before::concat)
                .toList();
    }

    private Stream<String> keys() {
        return known().flatMap(key -> key.isSided()
                ? Stream.of(key.word(), "from." + key.word(), "to." + key.word())
                : Stream.of(key.word()));
    }

    private Optional<FilterKey> key(String written) {
        String word = written.replaceFirst("^(from|to)\\.", "");
        return known().filter(key -> key.word().equals(word)).findFirst();
    }

    private Stream<FilterKey> known() {
        return Arrays.stream(FilterKey.values()).filter(key -> !(ofEvents && OF_NAMES.contains(key)));
    }
}
