package io.aegisflux.segmentation.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Prefix;
import java.util.List;
import java.util.Map;

/**
 * NetworkPolicies as the API reference of networking.k8s.io/v1 explains them, read directly: what the import is compared with.
 * Shares no code with it.
 */
final class NetworkPolicyReading {
    private final List<JsonNode> policies;

    NetworkPolicyReading(List<JsonNode> policies) {
        this.policies = policies;
    }

    /** Whether a new connection passes: where it leaves and where it arrives. */
    boolean allows(Cluster.End from, Cluster.End to, String protocol, int port) {
        return (from.pod() == null || passes(from.pod(), to, "Egress", "egress", "to", protocol, port))
                && (to.pod() == null || passes(to.pod(), from, "Ingress", "ingress", "from", protocol, port));
    }

    private boolean passes(
            Cluster.Pod pod, Cluster.End peer, String type, String rules, String peers, String protocol, int port) {
        boolean isolated = false;
        for (JsonNode policy : policies) {
            JsonNode spec = policy.path("spec");
            String namespace = policy.path("metadata").path("namespace").asText("default");
            if (!namespace.equals(pod.namespace())
                    || !selects(spec.path("podSelector"), pod.labels())
                    || !hasType(spec, type)) {
                continue;
            }
            isolated = true;
            for (JsonNode rule : spec.path(rules)) {
                if (peerFits(rule.path(peers), peer, namespace) && portFits(rule.path("ports"), protocol, port)) {
                    return true;
                }
            }
        }
        return !isolated;
    }

    private static boolean hasType(JsonNode spec, String type) {
        if (spec.path("policyTypes").isEmpty()) {
            return type.equals("Ingress") || !spec.path("egress").isEmpty();
        }
        for (JsonNode written : spec.path("policyTypes")) {
            if (written.asText().equals(type)) {
                return true;
            }
        }
        return false;
    }

    private static boolean peerFits(JsonNode peers, Cluster.End end, String namespace) {
        if (peers.isEmpty()) {
            return true;
        }
        for (JsonNode peer : peers) {
            if (peer.has("ipBlock") ? inBlock(peer.get("ipBlock"), end) : isSelected(peer, end, namespace)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSelected(JsonNode peer, Cluster.End end, String namespace) {
        if (end.pod() == null) {
            return false;
        }
        boolean there = peer.has("namespaceSelector")
                ? selects(peer.get("namespaceSelector"), end.pod().namespaceLabels())
                : end.pod().namespace().equals(namespace);
        return there && selects(peer.path("podSelector"), end.pod().labels());
    }

    private static boolean inBlock(JsonNode block, Cluster.End end) {
        byte[] address = Addresses.parse(end.address());
        for (JsonNode except : block.path("except")) {
            if (Prefix.parse(except.asText()).contains(address)) {
                return false;
            }
        }
        return Prefix.parse(block.path("cidr").asText()).contains(address);
    }

    private static boolean portFits(JsonNode ports, String protocol, int port) {
        if (ports.isEmpty()) {
            return true;
        }
        for (JsonNode each : ports) {
            if (!each.path("protocol").asText("TCP").equals(protocol)
                    || each.path("port").isTextual()) {
                continue;
            }
            int first = each.path("port").asInt(0);
            int last = each.path("endPort").asInt(first);
            if (!each.has("port") || port >= first && port <= last) {
                return true;
            }
        }
        return false;
    }

    private static boolean selects(JsonNode selector, Map<String, String> labels) {
        for (var wanted : selector.path("matchLabels").properties()) {
            if (!wanted.getValue().asText().equals(labels.get(wanted.getKey()))) {
                return false;
            }
        }
        for (JsonNode expression : selector.path("matchExpressions")) {
            String value = labels.get(expression.path("key").asText());
            boolean listed = false;
            for (JsonNode each : expression.path("values")) {
                listed |= each.asText().equals(value);
            }
            boolean holds = switch (expression.path("operator").asText()) {
                case "In" -> listed;
                case "NotIn" -> !listed;
                case "Exists" -> value != null;
                case "DoesNotExist" -> value == null;
                default -> throw new IllegalArgumentException("no such operator");
            };
            if (!holds) {
                return false;
            }
        }
        return true;
    }
}
