package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Requests and answers of {@code segmentation.api.telemetry.*}. */
public final class TelemetryApi {
    /** The service's word in the subjects. */
    public static final String SERVICE = "telemetry";

    /** An empty request → the last {@link TelemetrySummary}. */
    public static final String SUMMARY = "summary";
    /** {@link FlowsRequest}, or an empty one → {@link FlowsReply}. */
    public static final String FLOWS = "flows";
    /** {@link MapRequest}, or an empty one → {@link MapReply}. */
    public static final String MAP = "map";
    /** An empty request → the last {@link TelemetryRules}. */
    public static final String RULES = "rules";
    /** An empty request → the last {@link TelemetryHosts}. */
    public static final String HOSTS = "hosts";
    /** {@link TopRequest} → {@link TopReply}. */
    public static final String TOP = "top";
    /** {@link HintsRequest} → {@link HintsReply}. */
    public static final String HINTS = "hints";

    /** Rows or values that a request may want at most. */
    public static final int MOST = 1_000;

    private static final Set<String> RANKED = Set.of("source", "dest", "port", "policy", "rule");
    private static final Set<String> KEYS = Set.of(
            "host",
            "from",
            "to",
            "any",
            "ip",
            "workload",
            "label",
            "port",
            "protocol",
            "verdict",
            "reason",
            "policy",
            "rule",
            "direction");

    private TelemetryApi() {}

    /**
     * {@code flows}.
     *
     * @param since null for {@link #DEFAULT_MINUTES} before until
     * @param until null for now
     * @param filter as docs/flows.md has it; null for all
     * @param limit rows at most, 1 to {@link #MOST}; null for {@link #DEFAULT}
     */
    public record FlowsRequest(Instant since, Instant until, String filter, Integer limit) {
        public static final int DEFAULT = 100;
        public static final int DEFAULT_MINUTES = 5;

        public FlowsRequest {
            requireWindow(since, until);
            requireLimit(limit);
        }
    }

    /**
     * {@code flows}: rows of the window, the newest first.
     *
     * @param from since when all was read; later than was asked for when complete is false
     * @param complete false when the time was up, or enough rows were found, before the whole window was read
     * @param filter in its one form; empty for none
     * @param matched rows since from that the filter let through
     * @param omitted those of them that are not listed
     * @param hidden rows since from that the filter held back
     * @param lost decisions of which hosts could not tell
     */
    public record FlowsReply(
            Instant from,
            Instant to,
            boolean complete,
            String filter,
            List<FlowRow> flows,
            long matched,
            long omitted,
            long hidden,
            long lost) {
        public FlowsReply {
            requireNonNull(from, "from is missing");
            requireNonNull(to, "to is missing");
            requireNonNull(filter, "filter is missing");
            flows = Frozen.list(flows, "flows");
            Figures.requireCount(matched, "matched");
            Figures.requireCount(omitted, "omitted");
            Figures.requireCount(hidden, "hidden");
            Figures.requireCount(lost, "lost");
        }
    }

    /**
     * {@code map}: without since, until and filter the live one, else that of a window.
     *
     * @param since null for {@link #DEFAULT_MINUTES} before until
     * @param until null for now
     * @param filter as docs/flows.md has it; null for all
     * @param groupBy the key of a label whose values become the nodes; null for none
     */
    public record MapRequest(Instant since, Instant until, String filter, String groupBy) {
        public static final int DEFAULT_MINUTES = 15;

        public MapRequest {
            requireWindow(since, until);
            if (groupBy != null && groupBy.isEmpty()) {
                throw new IllegalArgumentException("group_by is the key of a label, not empty");
            }
        }

        /** Whether the live map is meant. */
        public boolean wantsLive() {
            return since == null && until == null && filter == null;
        }
    }

    /**
     * {@code map}.
     *
     * @param term of the live map, as in {@link TelemetryMap}; null for a window and for groups
     * @param sequence of the live map the last message that is in it; null with term
     * @param from from when on the figures count
     * @param complete as in {@link FlowsReply}
     * @param filter in its one form; empty for none
     * @param groupBy as it was asked for
     * @param omitted flows and edges that found no place
     */
    public record MapReply(
            String term,
            Long sequence,
            Instant from,
            Instant to,
            boolean complete,
            String filter,
            String groupBy,
            List<MapNode> nodes,
            List<MapEdge> edges,
            long omitted) {
        public MapReply {
            if (sequence != null) {
                Figures.requireCount(sequence, "sequence");
            }
            requireNonNull(from, "from is missing");
            requireNonNull(to, "to is missing");
            requireNonNull(filter, "filter is missing");
            nodes = Frozen.list(nodes, "nodes");
            edges = Frozen.list(edges, "edges");
            Figures.requireCount(omitted, "omitted");
        }
    }

    /**
     * {@code top}: who does most in a window.
     *
     * @param by source, dest, port, policy or rule
     * @param since null for {@link FlowsRequest#DEFAULT_MINUTES} before until
     * @param until null for now
     * @param filter as docs/flows.md has it; null for all
     * @param limit rows at most, 1 to {@link #MOST}; null for {@link #DEFAULT}
     */
    public record TopRequest(String by, Instant since, Instant until, String filter, Integer limit) {
        public static final int DEFAULT = 20;

        public TopRequest {
            requireNonNull(by, "by is missing");
            Figures.requireWord(by, RANKED, "by");
            requireWindow(since, until);
            requireLimit(limit);
        }
    }

    /**
     * {@code top}: those with the most go first.
     *
     * @param omitted keys that are not listed; a flow that found no place counts as one
     */
    public record TopReply(
            String by, Instant from, Instant to, boolean complete, String filter, List<TopRow> rows, long omitted) {
        public TopReply {
            requireNonNull(by, "by is missing");
            Figures.requireWord(by, RANKED, "by");
            requireNonNull(from, "from is missing");
            requireNonNull(to, "to is missing");
            requireNonNull(filter, "filter is missing");
            rows = Frozen.list(rows, "rows");
            Figures.requireCount(omitted, "omitted");
        }
    }

    /**
     * What is summed up under a key; its figures are as those of {@link MapEdge}.
     *
     * @param key the workload, or else the address; protocol/port; the policy; or policy@version/rule
     */
    public record TopRow(String key, long allowed, long dropped, long audited, Instant last) {
        public TopRow {
            requireNonNull(key, "key is missing");
            Figures.requireCount(allowed, "allowed");
            Figures.requireCount(dropped, "dropped");
            Figures.requireCount(audited, "audited");
            requireNonNull(last, "last is missing");
        }
    }

    /**
     * {@code hints}: what a key of filters can have as its value.
     *
     * @param key without {@code from.} or {@code to.}
     * @param prefix what the value begins with; null for everything
     * @param limit values at most, 1 to {@link #MOST}; null for {@link #DEFAULT}
     */
    public record HintsRequest(String key, String prefix, Integer limit) {
        public static final int DEFAULT = 20;

        public HintsRequest {
            requireNonNull(key, "key is missing");
            Figures.requireWord(key, KEYS, "key");
            requireLimit(limit);
        }
    }

    /**
     * {@code hints}.
     *
     * @param values sorted, as they are written in a filter
     * @param omitted values that are not listed
     */
    public record HintsReply(String key, List<String> values, long omitted) {
        public HintsReply {
            requireNonNull(key, "key is missing");
            Figures.requireWord(key, KEYS, "key");
            values = Frozen.list(values, "values");
            Figures.requireCount(omitted, "omitted");
        }
    }

    private static void requireWindow(Instant since, Instant until) {
        if (since != null && until != null && until.isBefore(since)) {
            throw new IllegalArgumentException("until is before since");
        }
    }

    private static void requireLimit(Integer limit) {
        if (limit != null && (limit < 1 || limit > MOST)) {
            throw new IllegalArgumentException("limit is 1 to %d, not %d".formatted(MOST, limit));
        }
    }
}
