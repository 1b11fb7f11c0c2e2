package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.MapEdge;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.contracts.TelemetryHosts;
import io.aegisflux.segmentation.contracts.TelemetryMap;
import io.aegisflux.segmentation.contracts.TelemetryRules;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.filtering.FlowFilter;
import io.aegisflux.segmentation.telemetry.domain.Fleet;
import io.aegisflux.segmentation.telemetry.domain.Names;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** What the values of a filter can be now. */
@ApplicationScoped
public class Hints {
    private final Names names;
    private final Fleet fleet;
    private final PublishedMap map;

    @Inject
    public Hints(Names names, Fleet fleet, PublishedMap map) {
        this.names = names;
        this.fleet = fleet;
        this.map = map;
    }

    byte[] hints(byte[] request) {
        TelemetryApi.HintsRequest wanted = Wire.read(request, TelemetryApi.HintsRequest.class);
        String prefix = Objects.requireNonNullElse(wanted.prefix(), "");
        List<String> all = values(wanted.key()).stream()
                .filter(value -> value.startsWith(prefix))
                .map(FlowFilter::written)
                .toList();
        int limit = Objects.requireNonNullElse(wanted.limit(), TelemetryApi.HintsRequest.DEFAULT);
        List<String> shown = all.subList(0, Math.min(limit, all.size()));
        return Wire.write(new TelemetryApi.HintsReply(wanted.key(), shown, all.size() - shown.size()));
    }

    private SortedSet<String> values(String key) {
        return switch (key) {
            case "workload" -> names.workloads();
            case "label" -> names.labels();
            case "from", "to", "any" -> {
                TreeSet<String> ends = names.workloads();
                names.labels().stream().filter(label -> label.indexOf('=') > 0).forEach(ends::add);
                yield ends;
            }
            case "ip" ->
                sorted(edges().flatMap(edge -> Stream.of(edge.source(), edge.dest()))
                        .filter(id -> id.startsWith("ip:"))
                        .map(id -> id.substring("ip:".length())));
            case "port" ->
                sorted(ports().map(port -> Integer.toString(port.port())).filter(port -> !port.equals("0")));
            case "protocol" -> sorted(ports().map(MapEdge.Port::protocol));
            case "verdict" -> sorted(Arrays.stream(Verdict.values()).map(Verdict::wireName));
            case "reason" -> sorted(Arrays.stream(Reason.values()).map(Reason::wireName));
            case "direction" -> sorted(Stream.of("ingress", "egress"));
            case "host" ->
                sorted(fleet.hosts(Instant.now()).hosts().stream()
                        .map(TelemetryHosts.HostRow::hostId)
                        .map(Object::toString));
            case "policy" -> rules(rule -> rule.policyId().value());
            case "rule" -> rules(TelemetryRules.RuleHits::ruleId);
            default -> new TreeSet<>();
        };
    }

    private SortedSet<String> rules(Function<TelemetryRules.RuleHits, String> word) {
        return sorted(fleet.rules(Instant.now()).rules().stream().map(word));
    }

    private Stream<MapEdge> edges() {
        return map.whole().map(TelemetryMap::edges).stream().flatMap(List::stream);
    }

    private Stream<MapEdge.Port> ports() {
        return edges().flatMap(edge -> edge.ports().stream());
    }

    private static SortedSet<String> sorted(Stream<String> values) {
        TreeSet<String> sorted = new TreeSet<>();
        values.forEach(sorted::add);
        return sorted;
    }
}
