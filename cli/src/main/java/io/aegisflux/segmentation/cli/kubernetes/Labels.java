package io.aegisflux.segmentation.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Label selectors as conditions on one side of a packet. A workload that stands for a pod has the pod's labels, the label
 * {@value #NAMESPACE} with its namespace's name, and the namespace's labels with {@value #OF_NAMESPACE} before their keys.
 */
final class Labels {
    static final String NAMESPACE = "namespace";
    static final String OF_NAMESPACE = "namespace.";
    private static final String NAME_OF_NAMESPACE = "kubernetes.io/metadata.name";
    /** As the policy language has them. */
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?");

    private final String side;
    private final List<Note> notes;
    private final Note.Effect narrower;

    /**
     * @param side source or dest
     * @param notes takes what is selected more narrowly
     * @param narrower what it means for the whole when fewer pods are selected
     */
    Labels(String side, List<Note> notes, Note.Effect narrower) {
        this.side = side;
        this.notes = notes;
        this.narrower = narrower;
    }

    /** The pods of a namespace. */
    ObjectNode inNamespace(String namespace) {
        return condition(NAMESPACE, "eq", namespace);
    }

    /** All pods. */
    ObjectNode inAnyNamespace() {
        return condition(NAMESPACE, "regex", ".*");
    }

    /**
     * What a selector of pods asks; none for an empty one.
     *
     * @throws Untranslatable when it asks something that no condition does
     */
    List<ObjectNode> ofPods(JsonNode selector, String path) {
        return conditions(selector, path, (key, at) -> {
            if (key.equals(NAMESPACE) || key.startsWith(OF_NAMESPACE)) {
                throw new Untranslatable(
                        at, "the pod label %s cannot be told from what stands for the namespace".formatted(key));
            }
            return key;
        });
    }

    /**
     * What a selector of namespaces asks; none for an empty one.
     *
     * @throws Untranslatable when it asks something that no condition does
     */
    List<ObjectNode> ofNamespaces(JsonNode selector, String path) {
        return conditions(selector, path, (key, at) -> key.equals(NAME_OF_NAMESPACE) ? NAMESPACE : OF_NAMESPACE + key);
    }

    private interface Naming {
        String labelOf(String key, String path);
    }

    private List<ObjectNode> conditions(JsonNode selector, String path, Naming naming) {
        Members.known(selector, path, Set.of("matchLabels", "matchExpressions"));
        List<ObjectNode> conditions = new ArrayList<>();
        Members.object(selector, "matchLabels", path).properties().forEach(entry -> {
            String at = path + "/matchLabels/" + Members.escaped(entry.getKey());
            conditions.add(condition(key(naming, entry.getKey(), at), "eq", Members.text(entry.getValue(), at)));
        });
        int index = 0;
        for (JsonNode expression : Members.list(selector, "matchExpressions", path)) {
            conditions.add(expression(expression, path + "/matchExpressions/" + index++, naming));
        }
        return conditions;
    }

    private ObjectNode expression(JsonNode expression, String path, Naming naming) {
        Members.known(expression, path, Set.of("key", "operator", "values"));
        String key = key(naming, Members.text(expression.path("key"), path + "/key"), path + "/key");
        return switch (Members.text(expression.path("operator"), path + "/operator")) {
            case "In" -> condition(key, "in", values(expression, path));
            case "NotIn" -> {
                ArrayNode values = values(expression, path);
                notes.add(new Note(
                        path,
                        "NotIn also selects what has no label %s at all; not_in asks that it is there".formatted(key),
                        narrower));
                yield condition(key, "not_in", values);
            }
            case "Exists" -> condition(key, "regex", ".*");
            case "DoesNotExist" -> throw new Untranslatable(path, "no condition holds for what has no label " + key);
            default -> throw new Untranslatable(path + "/operator", "no operator of a selector is called so");
        };
    }

    private static ArrayNode values(JsonNode expression, String path) {
        ArrayNode values = JsonNodeFactory.instance.arrayNode();
        for (JsonNode value : Members.list(expression, "values", path)) {
            values.add(Members.text(value, path + "/values"));
        }
        if (values.isEmpty()) {
            throw new Untranslatable(path + "/values", "the operator wants at least one value");
        }
        return values;
    }

    private static String key(Naming naming, String key, String path) {
        String label = naming.labelOf(key, path);
        if (!KEY.matcher(label).matches()) {
            throw new Untranslatable(
                    path, "%s is longer than 128 characters or not the key of a label".formatted(label));
        }
        return label;
    }

    private ObjectNode condition(String key, String operator, JsonNode value) {
        return Conditions.of(side + ".label." + key, operator, value);
    }

    private ObjectNode condition(String key, String operator, String value) {
        return Conditions.of(side + ".label." + key, operator, value);
    }
}
