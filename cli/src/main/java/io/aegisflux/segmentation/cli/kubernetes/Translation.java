package io.aegisflux.segmentation.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One NetworkPolicy as two policies of ours. In Kubernetes the pods that a policy selects are isolated, and what any policy
 * allows passes, in whatever order policies stand. So what it allows comes to a policy of the priority N, and the isolation of
 * its pods to one of N+1: every allow rule of every imported policy is considered before the first isolation.
 */
final class Translation {
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern NAME =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private final ImportSettings settings;
    private final List<Note> notes = new ArrayList<>();

    /** A direction, in the words of both sides. */
    private enum Way {
        INGRESS("ingress", "from", "source", "dest"),
        EGRESS("egress", "to", "dest", "source");

        private final String word;
        private final String peers;
        private final String peerSide;
        private final String podSide;

        Way(String word, String peers, String peerSide, String podSide) {
            this.word = word;
            this.peers = peers;
            this.peerSide = peerSide;
            this.podSide = podSide;
        }
    }

    private Translation(ImportSettings settings) {
        this.settings = settings;
    }

    static Imported of(Manifest manifest, ImportSettings settings) {
        return new Translation(settings).translated(manifest);
    }

    private Imported translated(Manifest manifest) {
        String namespace = manifest.metadata("namespace", settings.namespace());
        String name = manifest.metadata("name", "");
        List<ObjectNode> documents = List.of();
        try {
            if (!NAMESPACE.matcher(namespace).matches()) {
                throw new Untranslatable("/metadata/namespace", "this is not the name of a namespace");
            }
            if (!NAME.matcher(name).matches()) {
                throw new Untranslatable(
                        "/metadata/name", "a policy has a name of lower-case letters, digits, '-' and '.'");
            }
            if (manifest.metadata("namespace", "").isEmpty()) {
                notes.add(new Note("/metadata/namespace", "none is written: taken as " + namespace, Note.Effect.NONE));
            }
            documents = documents(Members.object(manifest.body(), "spec", ""), namespace, name);
        } catch (Untranslatable e) {
            notes.add(e.as(Note.Effect.DENIES_LESS));
        }
        return new Imported(
                manifest.source(),
                manifest.kind(),
                namespace,
                name,
                documents,
                notes.stream().distinct().toList());
    }

    private List<ObjectNode> documents(JsonNode spec, String namespace, String name) {
        Members.known(spec, "/spec", Set.of("podSelector", "policyTypes", "ingress", "egress"));
        ArrayNode allowing = JsonNodeFactory.instance.arrayNode();
        ArrayNode isolating = JsonNodeFactory.instance.arrayNode();
        for (Way way : ways(spec)) {
            List<ObjectNode> pods = pods(spec, way, namespace);
            allow(spec, way, namespace, pods, allowing);
            isolating.add(rule("isolate-" + way.word, "deny", way, pods));
        }
        List<ObjectNode> documents = new ArrayList<>();
        if (!allowing.isEmpty()) {
            documents.add(document(
                    PolicyIds.allowing(namespace, name),
                    "Kubernetes %s/%s: what it allows".formatted(namespace, name),
                    settings.priority(),
                    allowing));
        }
        documents.add(document(
                PolicyIds.isolating(namespace, name),
                "Kubernetes %s/%s: its pods are isolated".formatted(namespace, name),
                settings.priority() + 1,
                isolating));
        return documents;
    }

    private Set<Way> ways(JsonNode spec) {
        boolean egressRules = !Members.list(spec, "egress", "/spec").isEmpty();
        boolean ingressRules = !Members.list(spec, "ingress", "/spec").isEmpty();
        JsonNode types = Members.list(spec, "policyTypes", "/spec");
        if (types.isEmpty()) {
            return egressRules ? EnumSet.allOf(Way.class) : EnumSet.of(Way.INGRESS);
        }
        Set<Way> ways = EnumSet.noneOf(Way.class);
        for (JsonNode type : types) {
            ways.add(
                    switch (Members.text(type, "/spec/policyTypes")) {
                        case "Ingress" -> Way.INGRESS;
                        case "Egress" -> Way.EGRESS;
                        default -> throw new Untranslatable("/spec/policyTypes", "a type is Ingress or Egress");
                    });
        }
        if (ingressRules && !ways.contains(Way.INGRESS)) {
            notes.add(unused("/spec/ingress", "Ingress"));
        }
        if (egressRules && !ways.contains(Way.EGRESS)) {
            notes.add(unused("/spec/egress", "Egress"));
        }
        return ways;
    }

    private static Note unused(String path, String type) {
        return new Note(
                path,
                "policyTypes does not name %s, so Kubernetes does not look at it".formatted(type),
                Note.Effect.NONE);
    }

    private List<ObjectNode> pods(JsonNode spec, Way way, String namespace) {
        Labels labels = new Labels(way.podSide, notes, Note.Effect.DENIES_LESS);
        List<ObjectNode> pods = new ArrayList<>();
        pods.add(labels.inNamespace(namespace));
        pods.addAll(labels.ofPods(Members.object(spec, "podSelector", "/spec"), "/spec/podSelector"));
        return pods;
    }

    private void allow(JsonNode spec, Way way, String namespace, List<ObjectNode> pods, ArrayNode rules) {
        JsonNode written = Members.list(spec, way.word, "/spec");
        for (int i = 0; i < written.size(); i++) {
            String path = "/spec/%s/%d".formatted(way.word, i);
            try {
                JsonNode each = written.get(i);
                Members.known(each, path, Set.of(way.peers, "ports"));
                List<Conditions.Choice> ports = Ports.choices(each, path, notes);
                for (Conditions.Choice peer :
                        new Peers(way.peerSide, namespace, notes).choices(each, way.peers, path)) {
                    for (Conditions.Choice port : ports) {
                        List<ObjectNode> conditions = new ArrayList<>(pods);
                        conditions.addAll(peer.conditions());
                        conditions.addAll(port.conditions());
                        String id = "%s-%d%s%s".formatted(way.word, i, peer.name(), port.name());
                        rules.add(rule(id, "allow", way, conditions));
                    }
                }
            } catch (Untranslatable e) {
                notes.add(e.as(Note.Effect.ALLOWS_LESS));
            }
        }
    }

    private static ObjectNode rule(String id, String action, Way way, List<ObjectNode> conditions) {
        ObjectNode rule = JsonNodeFactory.instance.objectNode();
        rule.put("id", id).put("action", action).put("priority", 1).put("direction", way.word);
        rule.putArray("conditions").addAll(conditions);
        return rule;
    }

    private ObjectNode document(String id, String name, int priority, ArrayNode rules) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("id", id)
                .put("name", name.length() <= 256 ? name : name.substring(0, 255) + "…")
                .put("type", "network")
                .put("priority", priority)
                .put("mode", settings.mode().wireName())
                .put("default_action", "none")
                .set("rules", rules);
        return document;
    }
}
