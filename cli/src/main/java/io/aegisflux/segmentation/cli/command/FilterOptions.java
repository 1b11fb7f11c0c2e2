package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.engine.filtering.FilterSyntaxException;
import io.aegisflux.segmentation.engine.filtering.FlowFilter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which flows: words of a filter, and options for the terms that are typed most. */
final class FilterOptions {
    @CompletesFilter
    @Parameters(
            paramLabel = "FILTER",
            arity = "0..*",
            description =
                    "Terms that all have to hold, e.g. any:app=db to.port:5432 '!verdict:allowed' (docs/flows.md).")
    private List<String> words = List.of();

    @CompletesFilter(key = "from:")
    @Option(
            names = "--from",
            paramLabel = "END",
            description = "As from:END: the source's address, network, label=value or name.")
    private String from;

    @CompletesFilter(key = "to:")
    @Option(names = "--to", paramLabel = "END", description = "As to:END: the destination's.")
    private String to;

    @CompletesFilter(key = "verdict:")
    @Option(names = "--verdict", paramLabel = "VERDICT", description = "As verdict:VERDICT: allowed, dropped, audited.")
    private String verdict;

    /**
     * The filter.
     *
     * @throws Failure of the usage kind, which shows where it is wrong
     */
    FlowFilter filter() {
        List<String> terms = new ArrayList<>(words);
        add(terms, "from:", from);
        add(terms, "to:", to);
        add(terms, "verdict:", verdict);
        String text = String.join(" ", terms);
        try {
            return FlowFilter.parse(text);
        } catch (FilterSyntaxException e) {
            throw Failure.usage(
                    "the filter \"%s\", behind %d characters: %s".formatted(text, e.position(), e.getMessage()),
                    e.remedy());
        }
    }

    private static void add(List<String> terms, String key, String value) {
        if (value != null) {
            terms.add(key + value);
        }
    }
}
