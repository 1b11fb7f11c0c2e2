package io.aegisflux.segmentation.engine.testing;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.Protocols;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.language.PolicyTest;
import io.aegisflux.segmentation.engine.language.PolicyTest.Endpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ends of the connections of tests. Those that are written as labels are workloads with addresses that nobody has: of
 * 240.0.0.0/4, reserved by RFC 1112, and of 2001:db8::/32, reserved by RFC 3849.
 */
final class Ends {
    private static final int SOME_SOURCE_PORT = 40_000;

    /** The number of each set of labels. */
    private final Map<Map<String, String>, Integer> labelled = new LinkedHashMap<>();

    private Ends() {}

    static Ends of(List<PolicyTest> tests) {
        Ends ends = new Ends();
        for (PolicyTest test : tests) {
            for (Endpoint end : List.of(test.from(), test.to())) {
                if (end instanceof Endpoint.Labels(Map<String, String> labels)) {
                    ends.labelled.putIfAbsent(labels, ends.labelled.size() + 1);
                }
            }
        }
        return ends;
    }

    List<Workload> workloads() {
        List<Workload> workloads = new ArrayList<>();
        labelled.forEach((labels, number) ->
                workloads.add(new Workload("end-" + number, labels, List.of(address(number, 4), address(number, 6)))));
        return workloads;
    }

    /** The packets that open a connection: one for each direction that is asked for, none when there is no such connection. */
    List<PacketTuple> packets(PolicyTest test) {
        int ipVersion = isV6(test.from()) || isV6(test.to()) || test.protocol() == Protocols.ICMPV6 ? 6 : 4;
        String from = address(test.from(), ipVersion);
        String to = address(test.to(), ipVersion);
        if (from.contains(":") != to.contains(":")) {
            return List.of();
        }
        boolean ports = test.port() != null && Protocols.hasPorts(test.protocol());
        boolean icmp = Protocols.isIcmp(test.protocol());
        List<Direction> directions =
                test.direction() == null ? List.of(Direction.INGRESS, Direction.EGRESS) : List.of(test.direction());
        return directions.stream()
                .map(direction -> new PacketTuple(
                        direction,
                        from,
                        to,
                        test.protocol(),
                        ports ? SOME_SOURCE_PORT : null,
                        ports ? test.port() : null,
                        icmp ? Protocols.echoRequest(test.protocol()) : null,
                        icmp ? 0 : null,
                        null))
                .toList();
    }

    private static boolean isV6(Endpoint end) {
        return end instanceof Endpoint.Address(String address) && address.contains(":");
    }

    private String address(Endpoint end, int ipVersion) {
        return switch (end) {
            case Endpoint.Address(String address) -> address;
            case Endpoint.Labels(Map<String, String> labels) -> address(labelled.get(labels), ipVersion);
        };
    }

    private static String address(int number, int ipVersion) {
        return ipVersion == 4 ? "240.0.%d.%d".formatted(number >> 8, number & 0xFF) : "2001:db8::%x".formatted(number);
    }
}
