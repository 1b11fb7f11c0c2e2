package io.aegisflux.segmentation.contracts;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collections as records keep them: unmodifiable, in the order they came, without nulls. */
final class Frozen {
    private Frozen() {}

    /**
     * @param member the wire name, for the message
     * @throws NullPointerException when the list is null or holds null
     */
    static <T> List<T> list(List<T> list, String member) {
        if (list == null) {
            throw new NullPointerException(member + " is missing");
        }
        for (T element : list) {
            if (element == null) {
                throw new NullPointerException(member + " holds null");
            }
        }
        return List.copyOf(list);
    }

    /** An empty list for null, otherwise as {@link #list}. */
    static <T> List<T> listOrEmpty(List<T> list, String member) {
        return list == null ? List.of() : list(list, member);
    }

    /** Null for null, otherwise as {@link #list}. */
    static <T> List<T> listOrNull(List<T> list, String member) {
        return list == null ? null : list(list, member);
    }

    /**
     * Unlike {@link Map#copyOf}, keeps the order, so that equal messages are equal bytes in every JVM. An entry whose
     * value is null is as if absent.
     *
     * @return empty for null
     */
    static <V> Map<String, V> map(Map<String, V> map) {
        if (map == null) {
            return Map.of();
        }
        Map<String, V> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (value != null) {
                copy.put(key, value);
            }
        });
        return Collections.unmodifiableMap(copy);
    }
}
