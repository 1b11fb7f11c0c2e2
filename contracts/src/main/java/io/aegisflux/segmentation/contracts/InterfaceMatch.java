package io.aegisflux.segmentation.contracts;

import java.util.List;
import java.util.regex.Pattern;

/**
 * One condition on the name of an interface.
 *
 * @param operator eq, ne, in, not_in, contains or regex (java.util.regex, whole name)
 * @param values one value, or several for in and not_in
 */
public record InterfaceMatch(String operator, List<String> values) {
    public InterfaceMatch {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("an interface condition without a value");
        }
    }

    public boolean matches(String name) {
        return switch (operator) {
            case "eq", "in" -> values.contains(name);
            case "ne", "not_in" -> !values.contains(name);
            case "contains" -> name.contains(values.getFirst());
            case "regex" -> Pattern.matches(values.getFirst(), name);
            default ->
                throw new IllegalArgumentException("no operator " + Quoted.shortened(operator) + " for an interface");
        };
    }
}
