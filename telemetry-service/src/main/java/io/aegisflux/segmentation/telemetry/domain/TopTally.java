package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.FlowEnd;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who does most. At most {@link #MAX_KEYS} are told apart. For one thread. */
public final class TopTally {
    static final int MAX_KEYS = 20_000;

    private final String by;
    private final Names names;
    private final Map<String, Figures> sums = new HashMap<>();
    private long withoutPlace;

    /**
     * @param by as {@link TelemetryApi.TopRequest} has it
     */
    public TopTally(String by, Names names) {
        this.by = by;
        this.names = names;
    }

    /** Takes a row, with names, that {@link Counting#tells} something. */
    public void add(FlowRow row) {
        if (!Counting.counts(row, names)) {
            return;
        }
        String key = key(row);
        if (key == null) {
            return;
        }
        Figures figures = sums.get(key);
        if (figures == null) {
            if (sums.size() >= MAX_KEYS) {
                withoutPlace++;
                return;
            }
            figures = new Figures();
            sums.put(key, figures);
        }
        figures.add(row);
    }

    /** Those with the most, descending. */
    public List<TelemetryApi.TopRow> rows(int limit) {
        return sums.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Figures> sum) ->
                                -sum.getValue().total())
                        .thenComparing(Map.Entry::getKey))
                .limit(limit)
                .map(sum -> new TelemetryApi.TopRow(
                        sum.getKey(),
                        sum.getValue().allowed,
                        sum.getValue().dropped,
                        sum.getValue().audited,
                        sum.getValue().last))
                .toList();
    }

    /** How many keys are not among so many rows. */
    public long omitted(int shown) {
        return sums.size() - shown + withoutPlace;
    }

    private String key(FlowRow row) {
        return switch (by) {
            case "source" -> end(row.source());
            case "dest" -> end(row.dest());
            case "port" -> row.protocol() + "/" + row.destPort();
            case "policy" -> row.policyId() == null ? null : row.policyId().value();
            case "rule" ->
                row.policyId() == null ? null : row.policyId().value() + "@" + row.policyVersion() + "/" + row.ruleId();
            default -> throw new IllegalArgumentException("nothing is ranked by " + by);
        };
    }

    private static String end(FlowEnd end) {
        return end.workload() != null ? end.workload() : end.ip() == null ? "unknown" : end.ip();
    }
}
