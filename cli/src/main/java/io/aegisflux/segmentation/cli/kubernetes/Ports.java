package io.aegisflux.segmentation.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The ports of a rule, by protocol: each protocol is a rule of its own here, for a condition names one field. */
final class Ports {
    private static final Map<String, String> PROTOCOLS = Map.of("TCP", "tcp", "UDP", "udp", "SCTP", "sctp");
    private static final int HIGHEST = 65535;

    private Ports() {}

    /** The choices; one that asks nothing where no ports are written, none where none of the written ones can be said. */
    static List<Conditions.Choice> choices(JsonNode rule, String path, List<Note> notes) {
        JsonNode ports = Members.list(rule, "ports", path);
        if (ports.isEmpty()) {
            return List.of(Conditions.Choice.ANYTHING);
        }
        Map<String, ArrayNode> byProtocol = new LinkedHashMap<>();
        Set<String> whole = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            try {
                add(ports.get(i), "%s/ports/%d".formatted(path, i), byProtocol, whole);
            } catch (Untranslatable e) {
                notes.add(e.as(Note.Effect.ALLOWS_LESS));
            }
        }
        List<Conditions.Choice> choices = new ArrayList<>();
        byProtocol.forEach((protocol, admitted) -> {
            List<ObjectNode> conditions = new ArrayList<>();
            conditions.add(Conditions.of("protocol", "eq", protocol));
            if (!whole.contains(protocol)) {
                boolean one = admitted.size() == 1;
                conditions.add(Conditions.of("dest_port", one ? "eq" : "in", one ? admitted.get(0) : admitted));
            }
            choices.add(new Conditions.Choice("-" + protocol, conditions));
        });
        return choices;
    }

    private static void add(JsonNode port, String path, Map<String, ArrayNode> byProtocol, Set<String> whole) {
        Members.known(port, path, Set.of("protocol", "port", "endPort"));
        String word = Members.has(port, "protocol") ? Members.text(port.path("protocol"), path + "/protocol") : "TCP";
        String protocol = PROTOCOLS.get(word);
        if (protocol == null) {
            throw new Untranslatable(path + "/protocol", "no protocol of Kubernetes is called so");
        }
        if (!Members.has(port, "port")) {
            if (Members.has(port, "endPort")) {
                throw new Untranslatable(path + "/endPort", "a range has a first port, too");
            }
            byProtocol.computeIfAbsent(protocol, key -> JsonNodeFactory.instance.arrayNode());
            whole.add(protocol);
            return;
        }
        if (port.path("port").isTextual()) {
            throw new Untranslatable(
                    path + "/port",
                    "the named port %s means what each pod's containers say: write its number"
                            .formatted(Members.text(port.path("port"), path + "/port")));
        }
        int first = Members.number(port.path("port"), path + "/port", 1, HIGHEST);
        JsonNode value = JsonNodeFactory.instance.numberNode(first);
        if (Members.has(port, "endPort")) {
            int last = Members.number(port.path("endPort"), path + "/endPort", first, HIGHEST);
            value = JsonNodeFactory.instance.textNode(first + "-" + last);
        }
        byProtocol
                .computeIfAbsent(protocol, key -> JsonNodeFactory.instance.arrayNode())
                .add(value);
    }
}
