package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.contracts.HostLabels;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Labels and addresses in a table. */
final class LabelCells {
    private static final int ADDRESSES_SHOWN = 2;

    private LabelCells() {}

    /** Those that somebody gave, by key; not those that an agent gives itself. */
    static Cell labels(Map<String, String> labels) {
        String text = labels.entrySet().stream()
                .filter(label -> !HostLabels.isReserved(label.getKey()))
                .map(label -> label.getKey() + "=" + label.getValue())
                .sorted()
                .collect(Collectors.joining(","));
        return text.isEmpty() ? Cell.none() : Cell.of(text);
    }

    /** The first of them, and how many more there are. */
    static Cell addresses(List<String> addresses) {
        if (addresses.isEmpty()) {
            return Cell.none();
        }
        String first = addresses.stream().limit(ADDRESSES_SHOWN).collect(Collectors.joining(", "));
        int more = addresses.size() - ADDRESSES_SHOWN;
        return Cell.of(more > 0 ? "%s and %d more".formatted(first, more) : first);
    }
}
