package io.aegisflux.segmentation.engine.naive;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.Workload;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/** Holds the conditions of a rule against a packet, each on its own. */
public final class NaiveConditions {
    private static final Map<String, Integer> PROTOCOLS =
            Map.of("tcp", 6, "udp", 17, "icmp", 1, "icmpv6", 58, "sctp", 132);

    private final List<Workload> workloads;
    private final Map<String, Address> addresses = new HashMap<>();

    public NaiveConditions(List<Workload> workloads) {
        this.workloads = workloads;
    }

    private record Address(int bits, BigInteger number) {}

    boolean hold(JsonNode rule, PacketTuple packet) {
        return StreamSupport.stream(rule.get("conditions").spliterator(), false)
                .allMatch(condition -> holds(condition, packet));
    }

    private boolean holds(JsonNode condition, PacketTuple packet) {
        String field = condition.get("field").asText();
        int protocol = packet.protocol();
        boolean ports = protocol == 6 || protocol == 17 || protocol == 132;
        boolean icmp = protocol == 1 || protocol == 58;
        return switch (field) {
            case "protocol" -> compareNumber(condition, protocol);
            case "ip_version" ->
                compareNumber(condition, address(packet.sourceIp()).bits() == 32 ? 4 : 6);
            case "source_ip" -> compare(condition, value -> isIn(packet.sourceIp(), value.asText()));
            case "dest_ip" -> compare(condition, value -> isIn(packet.destIp(), value.asText()));
            case "source_port" -> ports && compareNumber(condition, packet.sourcePort());
            case "dest_port" -> ports && compareNumber(condition, packet.destPort());
            case "icmp_type" -> icmp && compareNumber(condition, packet.icmpType());
            case "icmp_code" -> icmp && compareNumber(condition, packet.icmpCode());
            case "direction" -> compareWord(condition, packet.direction().wireName());
            case "interface" -> packet.interfaceName() != null && compareWord(condition, packet.interfaceName());
            default -> compareLabel(condition, field, packet);
        };
    }

    private boolean compareLabel(JsonNode condition, String field, PacketTuple packet) {
        String address = field.startsWith("source.") ? packet.sourceIp() : packet.destIp();
        String key = field.substring(field.indexOf(".label.") + ".label.".length());
        List<String> values = new ArrayList<>();
        for (Workload workload : workloads) {
            if (workload.labels().containsKey(key)
                    && workload.addresses().stream().anyMatch(own -> isIn(address, own))) {
                values.add(workload.labels().get(key));
            }
        }
        return !values.isEmpty()
                && compare(
                        condition,
                        value -> values.stream().anyMatch(own -> own.equals(value.asText())),
                        value -> values.stream().anyMatch(own -> own.contains(value)),
                        value -> values.stream().anyMatch(own -> own.matches(value)));
    }

    static boolean compareWord(JsonNode condition, String word) {
        return compare(condition, value -> word.equals(value.asText()), word::contains, word::matches);
    }

    private static boolean compareNumber(JsonNode condition, Integer number) {
        if (number == null) {
            return false;
        }
        JsonNode value = condition.get("value");
        return switch (condition.get("operator").asText()) {
            case "gt" -> number > value.asInt();
            case "gte" -> number >= value.asInt();
            case "lt" -> number < value.asInt();
            case "lte" -> number <= value.asInt();
            default -> compare(condition, item -> isNumber(number, item));
        };
    }

    private static boolean isNumber(int number, JsonNode value) {
        if (value.isInt()) {
            return number == value.asInt();
        }
        if (PROTOCOLS.containsKey(value.asText())) {
            return number == PROTOCOLS.get(value.asText());
        }
        String[] ends = value.asText().split("-");
        return Integer.parseInt(ends[0]) <= number && number <= Integer.parseInt(ends[1]);
    }

    private static boolean compare(JsonNode condition, Predicate<JsonNode> equal) {
        return compare(condition, equal, none -> false, none -> false);
    }

    private static boolean compare(
            JsonNode condition, Predicate<JsonNode> equal, Predicate<String> part, Predicate<String> regex) {
        JsonNode value = condition.get("value");
        return switch (condition.get("operator").asText()) {
            case "eq" -> equal.test(value);
            case "ne" -> !equal.test(value);
            case "in" -> StreamSupport.stream(value.spliterator(), false).anyMatch(equal);
            case "not_in" -> StreamSupport.stream(value.spliterator(), false).noneMatch(equal);
            case "contains" -> part.test(value.asText());
            case "regex" -> regex.test(value.asText());
            default -> throw new IllegalArgumentException("no such operator: " + condition);
        };
    }

    private boolean isIn(String address, String written) {
        Address own = address(address);
        if (written.contains("/")) {
            Address network = address(written.substring(0, written.indexOf('/')));
            int free = network.bits() - Integer.parseInt(written.substring(written.indexOf('/') + 1));
            return own.bits() == network.bits()
                    && own.number().shiftRight(free).equals(network.number().shiftRight(free));
        }
        String[] ends = written.split("-");
        Address low = address(ends[0]);
        Address high = address(ends[ends.length - 1]);
        return own.bits() == low.bits()
                && own.number().compareTo(low.number()) >= 0
                && own.number().compareTo(high.number()) <= 0;
    }

    private Address address(String literal) {
        return addresses.computeIfAbsent(literal, text -> {
            byte[] bytes = InetAddress.ofLiteral(text).getAddress();
            return new Address(bytes.length * 8, new BigInteger(1, bytes));
        });
    }
}
