package io.aegisflux.segmentation.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Prefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Who may be at the other end of a connection: each peer of a rule is a rule of its own here. */
final class Peers {
    private final String side;
    private final String namespace;
    private final List<Note> notes;

    /**
     * @param side source for ingress, dest for egress
     * @param namespace the policy's, where a selector of pods alone looks
     */
    Peers(String side, String namespace, List<Note> notes) {
        this.side = side;
        this.namespace = namespace;
        this.notes = notes;
    }

    /** The choices; one that asks nothing where no peers are written, none where none of the written ones can be said. */
    List<Conditions.Choice> choices(JsonNode rule, String member, String path) {
        JsonNode peers = Members.list(rule, member, path);
        if (peers.isEmpty()) {
            return List.of(Conditions.Choice.ANYTHING);
        }
        List<Conditions.Choice> choices = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            try {
                choices.add(new Conditions.Choice(
                        "-%s-%d".formatted(member, i), peer(peers.get(i), "%s/%s/%d".formatted(path, member, i))));
            } catch (Untranslatable e) {
                notes.add(e.as(Note.Effect.ALLOWS_LESS));
            }
        }
        return choices;
    }

    private List<ObjectNode> peer(JsonNode peer, String path) {
        Members.known(peer, path, Set.of("podSelector", "namespaceSelector", "ipBlock"));
        boolean pods = Members.has(peer, "podSelector");
        boolean namespaces = Members.has(peer, "namespaceSelector");
        boolean block = Members.has(peer, "ipBlock");
        if (block == (pods || namespaces)) {
            throw new Untranslatable(path, "a peer is an ipBlock, or has selectors");
        }
        if (block) {
            return block(Members.object(peer, "ipBlock", path), path + "/ipBlock");
        }
        Labels labels = new Labels(side, notes, Note.Effect.ALLOWS_LESS);
        List<ObjectNode> conditions = new ArrayList<>();
        if (namespaces) {
            conditions.addAll(
                    labels.ofNamespaces(Members.object(peer, "namespaceSelector", path), path + "/namespaceSelector"));
            if (conditions.isEmpty()) {
                conditions.add(labels.inAnyNamespace());
            }
        } else {
            conditions.add(labels.inNamespace(namespace));
        }
        conditions.addAll(labels.ofPods(Members.object(peer, "podSelector", path), path + "/podSelector"));
        return conditions;
    }

    private List<ObjectNode> block(JsonNode block, String path) {
        Members.known(block, path, Set.of("cidr", "except"));
        Prefix cidr = prefix(block.path("cidr"), path + "/cidr");
        List<ObjectNode> conditions = new ArrayList<>();
        conditions.add(Conditions.of(side + "_ip", "eq", cidr.toString()));
        ArrayNode except = JsonNodeFactory.instance.arrayNode();
        for (JsonNode each : Members.list(block, "except", path)) {
            String at = "%s/except/%d".formatted(path, except.size());
            Prefix out = prefix(each, at);
            if (out.length() <= cidr.length() || !cidr.contains(out.address())) {
                throw new Untranslatable(at, "%s is not a part of %s".formatted(out, cidr));
            }
            except.add(out.toString());
        }
        if (!except.isEmpty()) {
            conditions.add(Conditions.of(side + "_ip", "not_in", except));
        }
        return conditions;
    }

    /** The network; Kubernetes lets bits beyond its length stand, and does not look at them. */
    private Prefix prefix(JsonNode node, String path) {
        String text = Members.text(node, path);
        try {
            int slash = text.indexOf('/');
            byte[] address = Addresses.parse(slash < 0 ? text : text.substring(0, slash));
            int length = slash < 0 ? -1 : Integer.parseInt(text.substring(slash + 1));
            if (length < 0 || length > address.length * 8) {
                throw new IllegalArgumentException("no length");
            }
            for (int bit = length; bit < address.length * 8; bit++) {
                address[bit / 8] &= (byte) ~(0x80 >> bit % 8);
            }
            Prefix network = Prefix.of(address, length);
            if (!text.equals(network.toString())) {
                notes.add(new Note(path, "%s is written as %s".formatted(text, network), Note.Effect.NONE));
            }
            return network;
        } catch (IllegalArgumentException e) {
            throw new Untranslatable(path, "this is not a network like 10.0.0.0/8 or fd00::/8");
        }
    }
}
