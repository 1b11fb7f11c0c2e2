package io.aegisflux.segmentation.engine.naive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.RateLimit;
import io.aegisflux.segmentation.contracts.Workload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Documents, workloads and packets by chance, from pools so small that they often meet. Documents are well-formed; the
 * parser may still refuse a condition that nothing can hold, or directions that leave nothing.
 */
public final class RandomWorld {
    public static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    private static final List<String> V4 = List.of(
            "0.0.0.0",
            "10.0.0.0",
            "10.0.0.1",
            "10.0.0.2",
            "10.0.0.3",
            "10.0.0.127",
            "10.0.0.128",
            "10.0.1.0",
            "10.255.255.255",
            "11.0.0.0",
            "192.168.1.7",
            "255.255.255.255");
    private static final List<String> V6 = List.of(
            "::",
            "::1",
            "fd00::",
            "fd00::1",
            "fd00::2",
            "fd00::ffff",
            "fd00::1:0",
            "fd00:0:0:1::",
            "2001:db8::7",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    private static final List<String> CIDRS = List.of(
            "0.0.0.0/0",
            "10.0.0.0/8",
            "10.0.0.0/24",
            "10.0.0.0/25",
            "10.0.0.128/25",
            "10.0.0.2/31",
            "10.0.0.1/32",
            "128.0.0.0/1",
            "0.0.0.0/1",
            "::/0",
            "fd00::/8",
            "fd00::/64",
            "fd00::/127",
            "fd00::/112",
            "fd00::2/128",
            "8000::/1",
            "2001:db8::/32");
    private static final List<String> RANGES = List.of(
            "10.0.0.1-10.0.0.2",
            "10.0.0.0-10.0.0.127",
            "0.0.0.0-10.0.0.0",
            "10.0.0.3-255.255.255.255",
            "fd00::-fd00::1",
            "fd00::1-fd00::1:0",
            "::-fd00::",
            "fd00::2-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    private static final int[] PORTS = {0, 1, 22, 53, 80, 443, 1023, 1024, 8080, 65_534, 65_535};
    private static final int[] BYTES = {0, 1, 3, 8, 128, 134, 254, 255};
    private static final List<String> INTERFACES = List.of("eth0", "eth1", "veth1", "lo");
    private static final List<String> KEYS = List.of("app", "app.kubernetes.io/name");
    private static final List<String> LABEL_VALUES = List.of("web", "api", "db", "web-1", "");

    private static final List<String> NAME_REGEXES = List.of("v?eth[0-9]", ".*1", "e.+|l.");
    private static final List<String> LABEL_REGEXES = List.of("web(-1)?", "(web|api)", ".*1", "[a-z]*", "d.|");

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private final Random random;

    public RandomWorld(long seed) {
        this.random = new Random(seed);
    }

    public List<Workload> workloads() {
        List<Workload> workloads = new ArrayList<>();
        for (int i = random.nextInt(9); i > 0; i--) {
            Map<String, String> labels = new HashMap<>();
            for (int j = random.nextInt(4); j > 0; j--) {
                labels.put(one(KEYS), one(LABEL_VALUES));
            }
            List<String> addresses = new ArrayList<>();
            for (int j = random.nextInt(6); j > 0; j--) {
                addresses.add(random.nextInt(5) == 0 ? one(CIDRS) : random.nextBoolean() ? one(V4) : one(V6));
            }
            workloads.add(new Workload("workload-" + i, labels, addresses));
        }
        return workloads;
    }

    public PacketTuple packet() {
        List<String> pool = random.nextInt(3) == 0 ? V6 : V4;
        int protocol = new int[] {6, 6, 6, 17, 17, 132, 1, 1, 58, 58, 47, 0, 255}[random.nextInt(13)];
        boolean ports = protocol == 6 || protocol == 17 || protocol == 132;
        boolean icmp = protocol == 1 || protocol == 58;
        boolean whole = random.nextInt(20) > 0; // else a later fragment
        return new PacketTuple(
                random.nextInt(3) == 0 ? Direction.EGRESS : Direction.INGRESS,
                one(pool),
                one(pool),
                protocol,
                ports && whole ? port() : null,
                ports && whole ? port() : null,
                icmp && whole ? BYTES[random.nextInt(BYTES.length)] : null,
                icmp && whole ? BYTES[random.nextInt(BYTES.length)] : null,
                random.nextInt(10) == 0 ? null : one(INTERFACES));
    }

    public ObjectNode document(String id) {
        ObjectNode policy = JSON.objectNode();
        policy.put("id", id).put("name", "by chance").put("type", "network").put("priority", random.nextInt(3));
        sometimes(8, () -> policy.put("enabled", random.nextInt(3) > 0));
        sometimes(5, () -> policy.put("mode", random.nextBoolean() ? "audit" : "enforce"));
        sometimes(3, () -> policy.put("direction", direction()));
        sometimes(3, () -> policy.put("default_action", one(List.of("allow", "deny", "none"))));
        sometimes(6, () -> policy.put("expires_at", expiry()));
        sometimes(4, () -> policy.set("applies_to", appliesTo()));
        sometimes(9, () -> policy.put("description", "zwei\nZeilen").put("created_at", "2026-01-01T00:00Z"));
        sometimes(
                9,
                () -> policy.putObject("metadata").put("a", 1.5).putArray("b").addNull());
        sometimes(9, () -> policy.putArray("tests").add(test()));
        ArrayNode rules = policy.putArray("rules");
        for (int i = random.nextInt(6); i > 0; i--) {
            rules.add(rule("rule-" + i));
        }
        return policy;
    }

    private ObjectNode rule(String id) {
        ObjectNode rule = JSON.objectNode();
        String action = one(List.of("allow", "allow", "deny", "deny", "log", "mark", "rate_limit"));
        rule.put("id", id).put("action", action).put("priority", random.nextInt(3));
        if (action.equals("mark")) {
            rule.put(random.nextBoolean() ? "mark" : "dscp", 1 + random.nextInt(7));
        }
        if (action.equals("rate_limit")) {
            // more than any test sends, so that each packet is judged alike
            ObjectNode rate = rule.putObject("rate_limit").put("per_second", RateLimit.HIGHEST - random.nextInt(1_000));
            sometimes(2, () -> rate.put("of", random.nextBoolean() ? "packets" : "connections"));
            sometimes(2, () -> rate.put("per", random.nextBoolean() ? "rule" : "source"));
        }
        sometimes(8, () -> rule.put("enabled", random.nextBoolean()));
        sometimes(6, () -> rule.put("mode", random.nextBoolean() ? "audit" : "enforce"));
        sometimes(5, () -> rule.put("direction", direction()));
        sometimes(6, () -> rule.put("expires_at", expiry()));
        sometimes(9, () -> rule.put("description", "d").putObject("metadata"));
        ArrayNode conditions = rule.putArray("conditions");
        for (int i = random.nextInt(4); i > 0; i--) {
            conditions.add(condition());
        }
        return rule;
    }

    private ObjectNode condition() {
        return switch (random.nextInt(13)) {
            case 0, 1 ->
                condition(
                        "protocol",
                        () -> one(List.of(
                                JSON.textNode("tcp"),
                                JSON.textNode("udp"),
                                JSON.textNode("icmp"),
                                JSON.textNode("icmpv6"),
                                JSON.textNode("sctp"),
                                JSON.numberNode(47))),
                        false,
                        false);
            case 2 -> condition("ip_version", () -> JSON.numberNode(random.nextBoolean() ? 4 : 6), false, false);
            case 3, 4 -> condition("source_ip", this::address, false, false);
            case 5 -> condition("dest_ip", this::address, false, false);
            case 6 -> condition("source_port", () -> number(PORTS), true, false);
            case 7 -> condition("dest_port", () -> number(PORTS), true, false);
            case 8 -> condition(random.nextBoolean() ? "icmp_type" : "icmp_code", () -> number(BYTES), true, false);
            case 9 -> directionCondition();
            case 10 -> condition("interface", () -> JSON.textNode(one(INTERFACES)), false, true);
            case 11 -> condition("source.label." + one(KEYS), () -> JSON.textNode(one(LABEL_VALUES)), false, true);
            default -> condition("dest.label." + one(KEYS), () -> JSON.textNode(one(LABEL_VALUES)), false, true);
        };
    }

    private ObjectNode condition(String field, Supplier<JsonNode> value, boolean ordered, boolean text) {
        List<String> operators = new ArrayList<>(List.of("eq", "eq", "ne", "in", "not_in"));
        if (ordered) {
            operators.addAll(List.of("gt", "lt", "gte", "lte"));
        }
        if (text) {
            operators.addAll(List.of("contains", "regex"));
        }
        String operator = one(operators);
        ObjectNode condition = JSON.objectNode().put("field", field).put("operator", operator);
        switch (operator) {
            case "in", "not_in" -> {
                ArrayNode list = condition.putArray("value");
                for (int i = 1 + random.nextInt(4); i > 0; i--) {
                    list.add(value.get());
                }
            }
            case "gt", "lt", "gte", "lte" ->
                condition.put("value", field.startsWith("icmp") ? BYTES[random.nextInt(BYTES.length)] : port());
            case "contains" -> condition.put("value", one(List.of("e", "eth", "1", "-1", "w")));
            case "regex" -> condition.put("value", one(field.equals("interface") ? NAME_REGEXES : LABEL_REGEXES));
            default -> condition.set("value", value.get());
        }
        return condition;
    }

    private ObjectNode directionCondition() {
        String operator = one(List.of("eq", "ne", "in", "not_in"));
        ObjectNode condition = JSON.objectNode().put("field", "direction").put("operator", operator);
        String word = random.nextBoolean() ? "ingress" : "egress";
        if (operator.endsWith("in")) {
            condition.putArray("value").add(word).add(random.nextBoolean() ? word : "ingress");
        } else {
            condition.put("value", word);
        }
        return condition;
    }

    private JsonNode address() {
        return JSON.textNode(
                switch (random.nextInt(4)) {
                    case 0 -> one(V4);
                    case 1 -> one(V6);
                    case 2 -> one(RANGES);
                    default -> one(CIDRS);
                });
    }

    private JsonNode number(int[] pool) {
        int a = pool[random.nextInt(pool.length)];
        int b = pool[random.nextInt(pool.length)];
        return random.nextBoolean() ? JSON.numberNode(a) : JSON.textNode(Math.min(a, b) + "-" + Math.max(a, b));
    }

    private ObjectNode appliesTo() {
        ObjectNode to = JSON.objectNode();
        sometimes(
                2,
                () -> to.putArray("hosts")
                        .add(one(List.of("host-a", "host-*", "h?st-a", "*-b", "*")))
                        .add("other"));
        sometimes(3, () -> to.putObject("labels").put("env", one(List.of("prod", "dev"))));
        sometimes(2, () -> to.putArray("interfaces").add(one(List.of("eth0", "eth*", "?o", "*th1"))));
        return to;
    }

    private ObjectNode test() {
        ObjectNode test =
                JSON.objectNode().put("name", "t").put("from", "10.0.0.1").put("protocol", "tcp");
        test.putObject("to").put("app", "db");
        return test.put("port", port())
                .put("expect", one(List.of("allow", "deny", "audit")))
                .put("by", "rule-1");
    }

    private String direction() {
        return one(List.of("ingress", "egress", "both", "both"));
    }

    private String expiry() {
        return one(List.of(
                "2026-06-01T11:59:59Z",
                "2026-06-01T12:00:00Z",
                "2026-06-01T14:00:00.000001+02:00",
                "2026-06-01T13:00-05:00"));
    }

    private int port() {
        return PORTS[random.nextInt(PORTS.length)];
    }

    private void sometimes(int oneIn, Runnable action) {
        if (random.nextInt(oneIn) == 0) {
            action.run();
        }
    }

    private <T> T one(List<T> pool) {
        return pool.get(random.nextInt(pool.size()));
    }
}
