package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.FlowEnd;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.MapNode;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.RegisteredWorkload;
import io.aegisflux.segmentation.contracts.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whose an address is: hosts and what lives on them, and registered workloads. Of several that have it the one with the
 * narrowest network gives the name, at equal width what lives on a host before the host and before the registry; labels
 * are those of all, and where they differ those of the one that gives the name. Safe for any thread.
 */
public final class Names {
    private static final int KEPT = 20_000;
    private static final String HOST = "host ";
    private static final String REGISTRY = "registry ";

    private final Map<String, List<Bearer>> bearers = new HashMap<>();
    private final Map<Prefix, List<Bearer>> byPrefix = new HashMap<>();
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    /**
     * What is known of an address.
     *
     * @param agent whether it is of a host with an agent, or of what lives there
     */
    public record Known(FlowEnd end, MapNode.Kind kind, boolean agent) {}

    private record Bearer(Prefix prefix, Workload workload, MapNode.Kind kind, boolean agent, int rank) {}

    /** A host's last report. */
    public synchronized void host(CapabilityReport report) {
        List<Bearer> all = new ArrayList<>();
        report.workloads().forEach(workload -> add(all, workload, MapNode.Kind.WORKLOAD, true, 0));
        add(all, report.workload(), MapNode.Kind.HOST, true, 1);
        put(HOST + report.hostId(), all);
    }

    /** A host that was removed. */
    public synchronized void hostGone(String host) {
        put(HOST + host, List.of());
    }

    /** A registered workload. */
    public synchronized void registered(RegisteredWorkload workload) {
        List<Bearer> all = new ArrayList<>();
        add(all, workload.workload(), MapNode.Kind.WORKLOAD, false, 2);
        put(REGISTRY + workload.id(), all);
    }

    /** A workload that is registered no more. */
    public synchronized void unregistered(String workload) {
        put(REGISTRY + workload, List.of());
    }

    /**
     * Whose an address is.
     *
     * @param ip null for one that is not known
     */
    public Known of(String ip) {
        if (ip == null) {
            return new Known(FlowEnd.of(null), MapNode.Kind.UNKNOWN, false);
        }
        Known there = known.get(ip);
        return there != null ? there : find(ip);
    }

    /** The same row with names at its ends. */
    public FlowRow named(FlowRow row) {
        return row.between(of(row.source().ip()).end(), of(row.dest().ip()).end());
    }

    /** Names of all workloads and hosts. */
    public synchronized TreeSet<String> workloads() {
        TreeSet<String> names = new TreeSet<>();
        byPrefix.values().forEach(list -> list.forEach(bearer -> names.add(bearer.workload.name())));
        return names;
    }

    /** All labels, each as its key and as {@code key=value}. */
    public synchronized TreeSet<String> labels() {
        TreeSet<String> labels = new TreeSet<>();
        byPrefix.values()
                .forEach(list -> list.forEach(bearer -> bearer.workload.labels().forEach((key, value) -> {
                    labels.add(key);
                    labels.add(key + "=" + value);
                })));
        return labels;
    }

    private static void add(List<Bearer> all, Workload workload, MapNode.Kind kind, boolean agent, int rank) {
        workload.addresses()
                .forEach(address -> all.add(new Bearer(Prefix.parse(address), workload, kind, agent, rank)));
    }

    private void put(String owner, List<Bearer> all) {
        List<Bearer> before = all.isEmpty() ? bearers.remove(owner) : bearers.put(owner, all);
        if (before != null) {
            before.forEach(bearer -> byPrefix.computeIfPresent(bearer.prefix, (prefix, list) -> {
                list.remove(bearer);
                return list.isEmpty() ? null : list;
            }));
        }
        all.forEach(bearer -> byPrefix.computeIfAbsent(bearer.prefix, ignored -> new ArrayList<>(1))
                .add(bearer));
        known.clear();
    }

    private synchronized Known find(String ip) {
        List<Bearer> found = new ArrayList<>();
        byte[] address;
        try {
            address = Addresses.parse(ip);
        } catch (IllegalArgumentException e) {
            return new Known(FlowEnd.of(ip), MapNode.Kind.ADDRESS, false);
        }
        for (int length = address.length * 8; length >= 0; length--) {
            byte[] network = address.clone();
            for (int bit = length; bit < network.length * 8; bit++) {
                network[bit / 8] &= (byte) ~(0x80 >> bit % 8);
            }
            found.addAll(byPrefix.getOrDefault(Prefix.of(network, length), List.of()));
        }
        found.sort(Comparator.comparingInt((Bearer bearer) -> -bearer.prefix.length())
                .thenComparing(Bearer::rank)
                .thenComparing(bearer -> bearer.workload.name()));
        Map<String, String> labels = new TreeMap<>();
        found.reversed().forEach(bearer -> labels.putAll(bearer.workload.labels()));
        Known result = found.isEmpty()
                ? new Known(FlowEnd.of(ip), MapNode.Kind.ADDRESS, false)
                : new Known(
                        new FlowEnd(ip, found.getFirst().workload.name(), labels),
                        found.getFirst().kind,
                        found.stream().anyMatch(Bearer::agent));
        if (known.size() >= KEPT) {
            known.clear();
        }
        known.put(ip, result);
        return result;
    }
}
