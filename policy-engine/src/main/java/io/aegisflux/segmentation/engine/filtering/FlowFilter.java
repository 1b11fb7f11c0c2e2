package io.aegisflux.segmentation.engine.filtering;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.FlowRow;
import java.util.List;
import java.util.stream.Collectors;

/** Which flows somebody wants to see: those that all of its terms match. Without terms, all. */
public final class FlowFilter {
    /** Characters of a filter at most. */
    public static final int MAX_LENGTH = 4_000;

    public static final FlowFilter ALL = new FlowFilter(List.of());

    private final List<FilterTerm> terms;

    private FlowFilter(List<FilterTerm> terms) {
        this.terms = List.copyOf(terms);
    }

    /**
     * Reads a filter.
     *
     * @throws FilterSyntaxException with the position and a remedy, for a text that is none
     */
    public static FlowFilter parse(String text) throws FilterSyntaxException {
        return new FlowFilter(new FilterParser(requireNonNull(text, "text is null")).terms());
    }

    /** A value as it has to be written in a filter. */
    public static String written(String value) {
        return Lexeme.written(value);
    }

    public boolean matches(FlowRow row) {
        for (FilterTerm term : terms) {
            if (!term.matches(row)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it speaks of names or labels, which rows that come straight from a host do not have. */
    public boolean asksForNames() {
        return terms.stream().anyMatch(FilterTerm::asksForNames);
    }

    /** Whether it lets everything through because it says nothing. */
    public boolean isEmpty() {
        return terms.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FlowFilter filter && terms.equals(filter.terms);
    }

    @Override
    public int hashCode() {
        return terms.hashCode();
    }

    /** Its one form, which {@link #parse} reads as an equal filter. */
    @Override
    public String toString() {
        return terms.stream().map(FilterTerm::toString).collect(Collectors.joining(" "));
    }
}
