package io.aegisflux.segmentation.engine.filtering;

import io.aegisflux.segmentation.contracts.FlowEnd;
import io.aegisflux.segmentation.contracts.FlowRow;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A term: one of its values has to match, or, negated, none may.
 *
 * @param side of a key that has sides
 */
record FilterTerm(boolean negated, Side side, FilterKey key, List<FilterValue> values) {
    enum Side {
        EITHER(""),
        FROM("from."),
        TO("to.");

        private final String prefix;

        Side(String prefix) {
            this.prefix = prefix;
        }
    }

    FilterTerm {
        values = List.copyOf(values);
    }

    boolean matches(FlowRow row) {
        return values.stream().anyMatch(value -> matches(value, row)) != negated;
    }

    private boolean matches(FilterValue value, FlowRow row) {
        return switch (key) {
            case HOST -> text(value, row.hostId().value());
            case FROM -> value.matches(row.source());
            case TO -> value.matches(row.dest());
            case ANY -> value.matches(row.source()) || value.matches(row.dest());
            case IP, WORKLOAD, LABEL -> matchesEnd(value::matches, row);
            case PORT ->
                value instanceof FilterValue.Ports ports
                        && (side != Side.TO && ports.contains(row.sourcePort())
                                || side != Side.FROM && ports.contains(row.destPort()));
            case PROTOCOL -> text(value, row.protocol());
            case VERDICT -> text(value, row.verdict().wireName());
            case REASON -> text(value, row.reason().wireName());
            case POLICY ->
                value instanceof FilterValue.PolicyVersion policy
                        && policy.matches(row.policyId(), row.policyVersion());
            case RULE -> text(value, row.ruleId());
            case DIRECTION -> text(value, row.direction().wireName());
        };
    }

    boolean asksForNames() {
        return key == FilterKey.WORKLOAD
                || values.stream()
                        .anyMatch(value -> value instanceof FilterValue.Name || value instanceof FilterValue.Label);
    }

    private boolean matchesEnd(Predicate<FlowEnd> value, FlowRow row) {
        return side != Side.TO && value.test(row.source()) || side != Side.FROM && value.test(row.dest());
    }

    private static boolean text(FilterValue value, String candidate) {
        return value instanceof FilterValue.Text text && text.matches(candidate);
    }

    @Override
    public String toString() {
        return (negated ? "!" : "")
                + side.prefix
                + key.word()
                + ':'
                + values.stream().map(FilterValue::toString).collect(Collectors.joining(","));
    }
}
