package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.MapEdge;
import io.aegisflux.segmentation.contracts.MapNode;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.contracts.TelemetryMap;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.filtering.FilterSyntaxException;
import io.aegisflux.segmentation.engine.filtering.FlowFilter;
import io.aegisflux.segmentation.nats.ApiException;
import io.aegisflux.segmentation.telemetry.domain.FlowMap;
import io.aegisflux.segmentation.telemetry.domain.Grouping;
import io.aegisflux.segmentation.telemetry.domain.Names;
import io.aegisflux.segmentation.telemetry.domain.NewestRows;
import io.aegisflux.segmentation.telemetry.domain.TopTally;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Questions about flows: of a window, read from the streams, or the live map. */
@ApplicationScoped
public class FlowQueries {
    /** Hosts tell what they recorded so much later, at most; what comes later still is missed by a past window. */
    private static final Duration LATE = Duration.ofMinutes(1);

    /** Of the parts of an answer that may be many, so that it stays below the broker's largest message. */
    private static final int MAX_BYTES = 700 * 1024;

    private final History history;
    private final Names names;
    private final PublishedMap published;

    @Inject
    public FlowQueries(History history, Names names, PublishedMap published) {
        this.history = history;
        this.names = names;
        this.published = published;
    }

    byte[] flows(byte[] request) {
        TelemetryApi.FlowsRequest wanted = request.length == 0
                ? new TelemetryApi.FlowsRequest(null, null, null, null)
                : Wire.read(request, TelemetryApi.FlowsRequest.class);
        NewestRows rows = new NewestRows(Objects.requireNonNullElse(wanted.limit(), TelemetryApi.FlowsRequest.DEFAULT));
        Window window =
                new Window(wanted.since(), wanted.until(), TelemetryApi.FlowsRequest.DEFAULT_MINUTES, wanted.filter());
        History.Reading reading = window.read(rows::isFull, rows::add);
        List<FlowRow> shown = fitting(rows.rows(), MAX_BYTES);
        return Wire.write(new TelemetryApi.FlowsReply(
                window.reached(reading),
                window.until,
                reading.complete(),
                window.filter.toString(),
                shown,
                rows.matched(),
                rows.matched() - shown.size(),
                window.hidden,
                reading.lost()));
    }

    byte[] map(byte[] request) {
        TelemetryApi.MapRequest wanted = request.length == 0
                ? new TelemetryApi.MapRequest(null, null, null, null)
                : Wire.read(request, TelemetryApi.MapRequest.class);
        if (wanted.wantsLive()) {
            TelemetryMap live = published
                    .whole()
                    .orElseThrow(() -> new ApiException(
                            ApiError.NOT_FOUND, "no map was published yet", "it comes within seconds: ask again"));
            return reply(
                    wanted,
                    wanted.groupBy() == null ? live.term() : null,
                    wanted.groupBy() == null ? live.sequence() : null,
                    new Time(live.since(), live.at(), true),
                    "",
                    live.nodes(),
                    live.edges(),
                    live.omitted());
        }
        FlowMap map = new FlowMap(names);
        Window window =
                new Window(wanted.since(), wanted.until(), TelemetryApi.MapRequest.DEFAULT_MINUTES, wanted.filter());
        History.Reading reading = window.read(() -> false, map::add);
        return reply(
                wanted,
                null,
                null,
                new Time(window.reached(reading), window.until, reading.complete()),
                window.filter.toString(),
                map.nodes(),
                map.edges(),
                map.omitted());
    }

    byte[] top(byte[] request) {
        TelemetryApi.TopRequest wanted = Wire.read(request, TelemetryApi.TopRequest.class);
        TopTally tally = new TopTally(wanted.by(), names);
        Window window =
                new Window(wanted.since(), wanted.until(), TelemetryApi.FlowsRequest.DEFAULT_MINUTES, wanted.filter());
        History.Reading reading = window.read(() -> false, tally::add);
        List<TelemetryApi.TopRow> rows =
                tally.rows(Objects.requireNonNullElse(wanted.limit(), TelemetryApi.TopRequest.DEFAULT));
        return Wire.write(new TelemetryApi.TopReply(
                wanted.by(),
                window.reached(reading),
                window.until,
                reading.complete(),
                window.filter.toString(),
                rows,
                tally.omitted(rows.size())));
    }

    private record Time(Instant from, Instant to, boolean complete) {}

    private static byte[] reply(
            TelemetryApi.MapRequest wanted,
            String term,
            Long sequence,
            Time time,
            String filter,
            List<MapNode> nodes,
            List<MapEdge> edges,
            long omitted) {
        List<MapNode> shownNodes = nodes;
        List<MapEdge> shownEdges = edges;
        if (wanted.groupBy() != null) {
            Grouping grouping = Grouping.of(wanted.groupBy(), nodes, edges);
            shownNodes = grouping.nodes();
            shownEdges = grouping.edges();
        }
        List<MapEdge> fittingEdges = fitting(shownEdges, MAX_BYTES * 2 / 3);
        var ends = fittingEdges.stream()
                .flatMap(edge -> Stream.of(edge.source(), edge.dest()))
                .collect(Collectors.toSet());
        List<MapNode> fittingNodes = fitting(
                shownNodes.stream().filter(node -> ends.contains(node.id())).toList(), MAX_BYTES / 3);
        return Wire.write(new TelemetryApi.MapReply(
                term,
                sequence,
                time.from,
                time.to,
                time.complete,
                filter,
                wanted.groupBy(),
                fittingNodes,
                fittingEdges,
                omitted + shownEdges.size() - fittingEdges.size()));
    }

    private static <T> List<T> fitting(List<T> all, int bytes) {
        List<T> fitting = new ArrayList<>();
        int taken = 0;
        for (T each : all) {
            taken += Wire.write(each).length + 1;
            if (taken > bytes) {
                break;
            }
            fitting.add(each);
        }
        return fitting;
    }

    /** A window of flows and the filter that is held against them. */
    private final class Window {
        private final Instant since;
        private final Instant until;
        private final FlowFilter filter;
        private long hidden;

        Window(Instant since, Instant until, int defaultMinutes, String filter) {
            this.until = until == null ? Instant.now() : until;
            this.since = since == null ? this.until.minus(Duration.ofMinutes(defaultMinutes)) : since;
            if (this.until.isBefore(this.since)) {
                throw new ApiException(
                        ApiError.INVALID_REQUEST,
                        "since, %s, is after until".formatted(this.since),
                        "until is now when it is not given");
            }
            try {
                this.filter = filter == null ? FlowFilter.ALL : FlowFilter.parse(filter);
            } catch (FilterSyntaxException e) {
                throw new ApiException(
                        ApiError.INVALID_REQUEST,
                        "filter, behind %d characters: %s".formatted(e.position(), e.getMessage()),
                        e.remedy());
            }
        }

        History.Reading read(BooleanSupplier enough, Consumer<FlowRow> rows) {
            return history.read(since, until.plus(LATE), enough, row -> {
                if (row.last().isBefore(since) || row.last().isAfter(until)) {
                    return;
                }
                FlowRow named = names.named(row);
                if (filter.matches(named)) {
                    rows.accept(named);
                } else {
                    hidden++;
                }
            });
        }

        Instant reached(History.Reading reading) {
            return reading.from().isAfter(until) ? until : reading.from();
        }
    }
}
