package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * One condition on the name of an interface.
 *
 * @param operator eq, ne, in, not_in, contains or regex (java.util.regex, whole name)
 * @param values one value, or several for in and not_in
 */
public record InterfaceMatch(String operator, List<String> values) {
    private static final Set<String> ONE_VALUE = Set.of("eq", "ne", "contains", "regex");
    private static final Set<String> LIST = Set.of("in", "not_in");

    public InterfaceMatch {
        requireNonNull(operator, "operator is missing");
        values = Frozen.list(values, "values");
        if (!ONE_VALUE.contains(operator) && !LIST.contains(operator)) {
            throw new IllegalArgumentException("no operator " + Quoted.shortened(operator) + " for an interface");
        }
        if (values.isEmpty() || values.size() > 1 && ONE_VALUE.contains(operator)) {
            throw new IllegalArgumentException(
                    "an interface condition with %s wants one value, or a list for in and".formatted(operator)
                            + " not_in, but has %d".formatted(values.size()));
        }
        if (operator.equals("regex")) {
            requireRegex(values.getFirst());
        }
    }

    /** Whether an interface of this name holds the condition. */
    public boolean matches(String name) {
        return switch (operator) {
            case "eq", "in" -> values.contains(name);
            case "ne", "not_in" -> !values.contains(name);
            case "contains" -> name.contains(values.getFirst());
            case "regex" -> Pattern.matches(values.getFirst(), name);
            default -> throw new IllegalStateException("the constructor let through " + operator);
        };
    }

    private static void requireRegex(String expression) {
        try {
            Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "%s is not a regular expression: %s".formatted(Quoted.shortened(expression), e.getDescription()),
                    e);
        }
    }
}
