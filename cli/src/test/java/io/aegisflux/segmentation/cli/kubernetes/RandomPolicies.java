package io.aegisflux.segmentation.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** NetworkPolicies at random, about the pods of {@link Cluster}. */
final class RandomPolicies {
    private final Random random;
    private final boolean lossy;

    /**
     * @param lossy with what allows less when it is imported
     */
    RandomPolicies(long seed, boolean lossy) {
        this.random = new Random(seed);
        this.lossy = lossy;
    }

    List<JsonNode> some() {
        List<JsonNode> policies = new ArrayList<>();
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            policies.add(policy("p" + i));
        }
        return policies;
    }

    private JsonNode policy(String name) {
        ObjectNode policy = JsonNodeFactory.instance.objectNode();
        policy.put("apiVersion", "networking.k8s.io/v1").put("kind", "NetworkPolicy");
        policy.putObject("metadata").put("name", name).put("namespace", one("default", "prod", "dev"));
        ObjectNode spec = policy.putObject("spec");
        spec.set("podSelector", selector(false, false));
        if (random.nextBoolean()) {
            var types = spec.putArray("policyTypes");
            switch (random.nextInt(3)) {
                case 0 -> types.add("Ingress");
                case 1 -> types.add("Egress");
                default -> types.add("Ingress").add("Egress");
            }
        }
        rules(spec, "ingress", "from");
        rules(spec, "egress", "to");
        return policy;
    }

    private void rules(ObjectNode spec, String member, String peers) {
        int count = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            ObjectNode rule = spec.withArray(member).addObject();
            int ends = random.nextInt(3);
            for (int end = 0; end < ends; end++) {
                rule.withArray(peers).add(peer());
            }
            int ports = random.nextInt(3);
            for (int port = 0; port < ports; port++) {
                rule.withArray("ports").add(port());
            }
        }
    }

    private ObjectNode peer() {
        ObjectNode peer = JsonNodeFactory.instance.objectNode();
        int kind = random.nextInt(4);
        if (kind == 0) {
            ObjectNode block = peer.putObject("ipBlock");
            block.put("cidr", one("0.0.0.0/0", "172.17.0.0/16", "10.1.0.0/16"));
            if (random.nextBoolean() && !block.path("cidr").asText().startsWith("10")) {
                block.putArray("except").add("172.17.1.0/24");
            }
            return peer;
        }
        if (kind != 1) {
            peer.set("namespaceSelector", selector(true, lossy));
        }
        if (kind != 2) {
            peer.set("podSelector", selector(false, lossy));
        }
        return peer;
    }

    private ObjectNode port() {
        ObjectNode port = JsonNodeFactory.instance.objectNode();
        if (random.nextBoolean()) {
            port.put("protocol", one("TCP", "UDP", "SCTP"));
        }
        switch (random.nextInt(lossy ? 4 : 3)) {
            case 0 -> port.put("port", random.nextBoolean() ? 80 : 53);
            case 1 -> port.put("port", 50).put("endPort", 80);
            case 2 -> {}
            default -> port.put("port", "http");
        }
        return port;
    }

    private ObjectNode selector(boolean ofNamespaces, boolean lossyHere) {
        ObjectNode selector = JsonNodeFactory.instance.objectNode();
        if (random.nextInt(3) == 0) {
            return selector;
        }
        if (random.nextBoolean()) {
            if (ofNamespaces) {
                selector.putObject("matchLabels").put(one(Cluster.NAME_LABEL, "env"), one("prod", "dev"));
            } else {
                selector.putObject("matchLabels").put("app", one("web", "api", "db"));
            }
        } else {
            ObjectNode expression = selector.putArray("matchExpressions").addObject();
            switch (random.nextInt(lossyHere ? 4 : 3)) {
                case 0 ->
                    expression
                            .put("key", ofNamespaces ? "team" : "tier")
                            .put("operator", "In")
                            .putArray("values")
                            .add(ofNamespaces ? "red" : "back")
                            .add("blue");
                case 1 -> expression.put("key", ofNamespaces ? "team" : "role").put("operator", "Exists");
                case 2 -> // a key that all of them have: there is nothing to lose
                    expression
                            .put("key", ofNamespaces ? Cluster.NAME_LABEL : "app")
                            .put("operator", "NotIn")
                            .putArray("values")
                            .add(ofNamespaces ? "dev" : "web");
                default -> {
                    expression.put("key", ofNamespaces ? "env" : "role");
                    if (random.nextBoolean()) {
                        expression.put("operator", "DoesNotExist");
                    } else {
                        expression.put("operator", "NotIn").putArray("values").add("prod");
                    }
                }
            }
        }
        return selector;
    }

    private String one(String... words) {
        return words[random.nextInt(words.length)];
    }
}
