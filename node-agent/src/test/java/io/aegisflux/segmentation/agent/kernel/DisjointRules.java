package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rules that nft takes in its best form too, for none overlaps another: each denies one network to another network, TCP, a
 * range of ports. As our table and as nft's, and the packet that the last of them denies.
 */
record DisjointRules(int count) {
    private static final NumberRange PORTS = new NumberRange(1_000, 2_000);

    RuleTable table() {
        PolicyRef policy = new PolicyRef(new PolicyId("disjoint"), 1, "network", 1, Mode.ENFORCE, "0".repeat(64));
        return new RuleTable(
                List.of(policy),
                IntStream.range(0, count).mapToObj(DisjointRules::rule).toList(),
                Action.ALLOW);
    }

    PacketTuple denied() {
        return new PacketTuple(
                Direction.INGRESS,
                network(10, count - 1, 5),
                network(64, count - 1, 6),
                6,
                40_000,
                1_500,
                null,
                null,
                null);
    }

    /** nft's rules one after the other. */
    String nftLinear(String device) {
        return chain(
                device,
                "",
                IntStream.range(0, count)
                        .mapToObj(i -> "ip saddr %s/24 ip daddr %s/24 tcp dport %s drop"
                                .formatted(network(10, i, 0), network(64, i, 0), PORTS))
                        .collect(Collectors.joining("\n")));
    }

    /** nft's rules as one map from intervals of three fields to a verdict. */
    String nftMap(String device) {
        String elements = IntStream.range(0, count)
                .mapToObj(i -> "%s/24 . %s/24 . %s : drop".formatted(network(10, i, 0), network(64, i, 0), PORTS))
                .collect(Collectors.joining(","));
        return chain(
                device,
                "map rules { type ipv4_addr . ipv4_addr . inet_service : verdict; flags interval; elements = { %s } }"
                        .formatted(elements),
                "ip saddr . ip daddr . tcp dport vmap @rules");
    }

    /** nft with nothing to compare. */
    static String nftDropping(String device) {
        return chain(device, "", "drop");
    }

    private static String chain(String device, String set, String rules) {
        return """
                table netdev bench {
                  %s
                  chain ingress { type filter hook ingress device "%s" priority 0; policy accept;
                  %s
                  }
                }
                """.formatted(set, device, rules);
    }

    private static TableRule rule(int i) {
        return new TableRule(
                0,
                "r" + i,
                i,
                Action.DENY,
                false,
                Direction.INGRESS,
                4,
                List.of(new NumberRange(6, 6)),
                List.of(Prefix.parse(network(10, i, 0) + "/24")),
                List.of(Prefix.parse(network(64, i, 0) + "/24")),
                null,
                List.of(PORTS),
                null,
                null,
                null,
                0,
                null,
                null,
                null);
    }

    private static String network(int first, int i, int host) {
        return "%d.%d.%d.%d".formatted(first + (i >> 16), i >> 8 & 0xFF, i & 0xFF, host);
    }
}
