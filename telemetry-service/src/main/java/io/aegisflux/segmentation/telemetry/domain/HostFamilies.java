package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.Verdict;
import java.util.Comparator;
import java.util.List;

/** What Prometheus is told of hosts. Counters of a host's kernel are passed on as they are: they reset when it does. */
final class HostFamilies {

    /** Maps of flows; a host's word for any other makes no series. */
    static final List<String> FLOWS = List.of("conntrack", "opening");

    /** The kernel counts refused connects of both IP versions together, and no others. */
    private static final String CONNECT = "connect";

    private final Family.Builder packets = Family.counter(
            "segmentation_packets_total",
            "Packets by the hook that judged them and its verdict, since the host's programs were first loaded.",
            "host",
            "hook",
            "verdict");
    private final Family.Builder bytes = Family.counter(
            "segmentation_bytes_total",
            "Bytes of the packets by the hook that judged them and its verdict, since the host's programs were first"
                    + " loaded.",
            "host",
            "hook",
            "verdict");
    private final Family.Builder connections = Family.counter(
            "segmentation_connections_total",
            "Calls of connect that were refused, since the host's programs were first loaded.",
            "host",
            "hook",
            "verdict");
    private final Family.Builder drops = Family.counter(
            "segmentation_drops_total",
            "Dropped packets by reason, since the host's programs were first loaded.",
            "host",
            "reason");
    private final Family.Builder lost = Family.counter(
            "segmentation_ringbuf_lost_events_total",
            "Decisions worth an event that are in none; the counters of packets and rules have them.",
            "host");
    private final Family.Builder revisions = Family.gauge(
            "segmentation_node_policy_revision", "The revision of the desired state that the host enforces.", "host");
    private final Family.Builder reports = Family.gauge(
            "segmentation_node_last_report_timestamp_seconds", "When the broker took the host's last metrics.", "host");
    private final Family.Builder programs = Family.gauge(
            "segmentation_programs",
            "Attachments of a hook's program by how they are made; off is a hook that has none.",
            "host",
            "program",
            "state");
    private final Family.Builder tableBytes =
            Family.gauge("segmentation_table_bytes", "What the table in force takes in the host's kernel.", "host");
    private final Family.Builder tableCapacity =
            Family.gauge("segmentation_table_capacity_bytes", "How much a table may take there.", "host");
    private final Family.Builder entries =
            Family.gauge("segmentation_map_entries", "Entries of the host's tables that are in use.", "host", "map");
    private final Family.Builder capacity =
            Family.gauge("segmentation_map_capacity", "Entries that the host's tables hold.", "host", "map");

    private final Family.Builder failOpen = Family.gauge(
            "segmentation_node_fail_open",
            "1 while the host lets traffic pass that no policy has judged, by reason.",
            "host",
            "reason");

    private HostFamilies() {}

    static List<Family> of(List<KnownHost> hosts) {
        HostFamilies families = new HostFamilies();
        hosts.stream().sorted(Comparator.comparing(host -> host.id().value())).forEach(families::add);
        return List.of(
                families.packets.build(),
                families.bytes.build(),
                families.connections.build(),
                families.drops.build(),
                families.lost.build(),
                families.revisions.build(),
                families.reports.build(),
                families.programs.build(),
                families.tableBytes.build(),
                families.tableCapacity.build(),
                families.entries.build(),
                families.capacity.build(),
                families.failOpen.build());
    }

    private void add(KnownHost host) {
        String id = host.id().value();
        host.counters().ifPresent(counters -> add(id, counters));
        host.figures().ifPresent(figures -> {
            revisions.add(host.revision(), id);
            tableBytes.add(figures.tableBytes(), id);
            tableCapacity.add(figures.tableCapacity(), id);
            for (String map : FLOWS) {
                figures.maps().stream()
                        .filter(use -> use.map().equals(map))
                        .findFirst()
                        .ifPresent(use -> {
                            entries.add(use.entries(), id, map);
                            capacity.add(use.capacity(), id, map);
                        });
            }
        });
        host.failOpen().forEach((reason, holds) -> failOpen.add(holds ? 1 : 0, id, reason.word()));
        host.reportedAt().ifPresent(at -> reports.add(RuleSeries.seconds(at), id));
        host.programs()
                .forEach((hook, states) ->
                        states.forEach((state, count) -> programs.add(count, id, hook.wireName(), state)));
    }

    private void add(String id, HostCounters counters) {
        counters.verdicts()
                .forEach((hook, verdicts) -> verdicts.forEach((verdict, traffic) -> {
                    packets.add(traffic.packets(), id, hook.wireName(), verdict.wireName());
                    bytes.add(traffic.bytes(), id, hook.wireName(), verdict.wireName());
                }));
        connections.add(counters.connectionsBlocked(), id, CONNECT, Verdict.DROPPED.wireName());
        counters.drops().forEach((reason, count) -> drops.add(count, id, reason));
        lost.add(counters.eventsLost(), id);
    }
}
