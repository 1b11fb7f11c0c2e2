package io.aegisflux.segmentation.engine.language;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a label's value is compared with.
 *
 * @param operator one of those that {@link Field#SOURCE_LABEL} allows
 * @param values one value, or several for in and not_in; for regex the expression, which compiles
 */
public record LabelMatch(Operator operator, List<String> values) {
    public LabelMatch {
        requireNonNull(operator, "operator is null");
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a label condition without a value");
        }
        if (!Field.SOURCE_LABEL.operators().contains(operator)) {
            throw new IllegalArgumentException("no operator %s for a label".formatted(operator));
        }
    }

    /**
     * Whether a label value holds the un-negated comparison: for ne that it is equal, for not_in that it is in the list.
     * An address may belong to several workloads; a negated condition asks that none of their values does.
     */
    public boolean holdsWithoutNegation(String value) {
        return switch (operator) {
            case CONTAINS -> value.contains(values.getFirst());
            case REGEX -> Pattern.matches(values.getFirst(), value);
            default -> values.contains(value);
        };
    }
}
