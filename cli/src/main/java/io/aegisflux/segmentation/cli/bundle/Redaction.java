package io.aegisflux.segmentation.cli.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.aegisflux.segmentation.contracts.HostLabels;
import io.aegisflux.segmentation.contracts.Reason;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces in messages what tells of whom they are. Numbers, flags and times stay; of texts those alone whose member is known to
 * hold a word of the suite's own, such as a verdict, or an id of a policy or rule. Sentences are replaced word by word. All else,
 * and so what a later version may send, is replaced whole. See docs/bundle.md.
 */
public final class Redaction {
    /** Members whose text stays; behind a slash, those of objects in this member alone. */
    private static final Set<String> STAYS = Set.of(
            "policy_id",
            "rule_id",
            "policy_type",
            "type",
            "action",
            "mode",
            "verdict",
            "verdicts",
            "hook",
            "direction",
            "protocol",
            "protocols",
            "operator",
            "default_action",
            "expect",
            "event_id",
            "event_type",
            "component",
            "level",
            "digest",
            "table_digest",
            "artifact_digest",
            "sources_digest",
            "inputs_digest",
            "state",
            "stage",
            "standing",
            "effect",
            "outcome",
            "severity",
            "code",
            "kind",
            "posture",
            "promote",
            "result",
            "health",
            "artifact",
            "architecture",
            "kernel_version",
            "variant",
            "program_set",
            "term",
            "map",
            "version",
            "rollout",
            "retention",
            "storage",
            "discard",
            "compression",
            "ack_policy",
            "deliver_policy",
            "replay_policy",
            "findings/remedy",
            "services/name",
            "tools/name",
            "artifact/name",
            "table_object/name",
            "tests/by");

    /** Members that hold sentences, subjects or paths. */
    private static final Set<String> SENTENCES = Set.of(
            "message",
            "found",
            "hint",
            "why",
            "reason",
            "problems",
            "sandbox",
            "trial_load",
            "requested_by",
            "path",
            "difference",
            "note",
            "notes",
            "subject",
            "subjects",
            "filter_subject",
            "filter_subjects",
            "stream",
            "stream_name",
            "durable_name",
            "consumers/name",
            "config/name");

    /** Members that hold sentences by hook, or by hook and interface: {@code xdp@eth0}. */
    private static final Set<String> BY_HOOK = Set.of("hook_points", "hooks");

    private static final Set<String> HOST_LABELS = Set.of(HostLabels.ARCH, HostLabels.KERNEL);
    private static final Set<String> RANKED_BY_IDS = Set.of("port", "policy", "rule");
    private static final Set<String> HINTS_THAT_STAY =
            Set.of("policy", "rule", "port", "protocol", "verdict", "reason", "direction");
    private static final Set<String> FIELDS_THAT_STAY =
            Set.of("protocol", "ip_version", "source_port", "dest_port", "icmp_type", "icmp_code", "direction");
    private static final String RANKED_IDS = "rows/ids";
    private static final Set<String> SERVICES = Set.of("policy-service", "builder-service", "telemetry-service");

    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+(?:Z|[+-]\\d\\d:\\d\\d)");
    private static final Pattern MEMBER = Pattern.compile("[a-z][a-z0-9_]*|[A-Z][A-Z_]*");
    private static final Pattern HOOK_AT = Pattern.compile("([a-z][a-z0-9_]*@)(.+)");
    private static final Pattern LABEL_FIELD = Pattern.compile("((?:source|dest)\\.label\\.)(.+)");
    private static final Pattern NODE = Pattern.compile("(host|workload|ip|group|other|unknown):(.*)");
    private static final Pattern LABEL = Pattern.compile("([^=]+)=([^=]*)");

    private final Pseudonyms pseudonyms = new Pseudonyms();
    private final FreeText sentences = new FreeText(pseudonyms);

    /** With a key of its own. */
    public Redaction() {
        for (Reason reason : Reason.values()) {
            sentences.keep(reason.name());
        }
    }

    /** A message without what tells of whom it is. */
    public JsonNode message(JsonNode message) {
        return value("", "", message);
    }

    /** A sentence, likewise. */
    public String sentence(String text) {
        return sentences.redacted(text);
    }

    /** A name. */
    public String name(String name) {
        if (name.isEmpty() || SERVICES.contains(name)) {
            return name;
        }
        Matcher node = NODE.matcher(name);
        if (node.matches()) {
            return node.group(1) + ":" + name(node.group(2));
        }
        Matcher label = LABEL.matcher(name);
        if (label.matches()) {
            return labelKey(label.group(1)) + "=" + labelValue(label.group(1), label.group(2));
        }
        return pseudonyms.address(name).orElseGet(() -> pseudonyms.name(name));
    }

    /** How many different names were replaced until now. */
    public long names() {
        return pseudonyms.names();
    }

    /** How many different addresses and networks were replaced until now. */
    public long addresses() {
        return pseudonyms.addresses();
    }

    private JsonNode value(String parent, String member, JsonNode value) {
        return switch (value) {
            case ObjectNode object -> object(member, object);
            case ArrayNode array -> {
                ArrayNode each = JsonNodeFactory.instance.arrayNode(array.size());
                array.forEach(element -> each.add(value(parent, member, element)));
                yield each;
            }
            case TextNode text -> TextNode.valueOf(text(parent, member, text.textValue()));
            default -> value;
        };
    }

    private ObjectNode object(String member, ObjectNode object) {
        ObjectNode redacted = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> each : object.properties()) {
            String name = each.getKey();
            JsonNode value = each.getValue();
            switch (treatment(member, name, object)) {
                case LABEL -> redacted.set(labelKey(name), label(name, value));
                case STAYS -> redacted.set(name, kept(value));
                case NAME -> redacted.set(name, names(value));
                case FIELD -> redacted.put(name, field(value.asText()));
                case SENTENCE -> redacted.put(key(name), sentence(value.asText()));
                case ORDINARY -> redacted.set(key(name), value(member, below(name, object), value));
            }
        }
        return redacted;
    }

    /** How a member is treated. */
    private enum Treatment {
        /** By its name and by that of the member around it. */
        ORDINARY,
        LABEL,
        STAYS,
        NAME,
        FIELD,
        SENTENCE
    }

    /** What the names of members alone do not tell. */
    private static Treatment treatment(String parent, String name, ObjectNode object) {
        if (parent.equals("labels")) {
            return Treatment.LABEL;
        }
        if (BY_HOOK.contains(parent) && object.path(name).isTextual()) {
            return Treatment.SENTENCE;
        }
        boolean isCondition = object.has("field") && object.has("operator");
        return switch (name) {
            case "id" -> stays(object.has("rules") || object.has("conditions") || object.has("event_type"));
            case "field" -> isCondition ? Treatment.FIELD : Treatment.ORDINARY;
            case "value" ->
                isCondition
                        ? stays(FIELDS_THAT_STAY.contains(object.path("field").asText()))
                        : Treatment.ORDINARY;
            case "key" -> stays(object.has("values") || parent.equals(RANKED_IDS));
            case "values" -> stays(HINTS_THAT_STAY.contains(object.path("key").asText()));
            case "by" -> object.has("rows") ? Treatment.STAYS : Treatment.ORDINARY;
            default -> Treatment.ORDINARY;
        };
    }

    private String key(String written) {
        Matcher hook = HOOK_AT.matcher(written);
        if (hook.matches()) {
            return hook.group(1) + name(hook.group(2));
        }
        return MEMBER.matcher(written).matches() ? written : name(written);
    }

    private static Treatment stays(boolean it) {
        return it ? Treatment.STAYS : Treatment.NAME;
    }

    private static String below(String name, ObjectNode object) {
        return name.equals("rows") && RANKED_BY_IDS.contains(object.path("by").asText()) ? RANKED_IDS : name;
    }

    private JsonNode kept(JsonNode value) {
        if (value.isTextual()) {
            sentences.keep(value.textValue());
        } else if (value.isArray()) {
            value.forEach(this::kept);
        }
        return value;
    }

    private JsonNode names(JsonNode value) {
        if (value instanceof ArrayNode array) {
            ArrayNode each = JsonNodeFactory.instance.arrayNode(array.size());
            array.forEach(element -> each.add(names(element)));
            return each;
        }
        return value.isTextual() ? TextNode.valueOf(name(value.textValue())) : value(" ", " ", value);
    }

    private String text(String parent, String member, String text) {
        if (TIME.matcher(text).matches()) {
            return text;
        }
        String within = parent + "/" + member;
        if (SENTENCES.contains(member) || SENTENCES.contains(within)) {
            return sentences.redacted(text);
        }
        if (STAYS.contains(member) || STAYS.contains(within)) {
            sentences.keep(text);
            return text;
        }
        return name(text);
    }

    private String field(String field) {
        Matcher label = LABEL_FIELD.matcher(field);
        return label.matches() ? label.group(1) + labelKey(label.group(2)) : sentences.redacted(field);
    }

    /** Keys that agents give by themselves stay, but for an interface's name in them. */
    private String labelKey(String key) {
        if (key.startsWith(HostLabels.INTERFACE)) {
            return HostLabels.INTERFACE + name(key.substring(HostLabels.INTERFACE.length()));
        }
        return HostLabels.isReserved(key) ? key : name(key);
    }

    private JsonNode label(String key, JsonNode value) {
        return value.isTextual() ? TextNode.valueOf(labelValue(key, value.textValue())) : names(value);
    }

    private String labelValue(String key, String value) {
        return HOST_LABELS.contains(key) ? value : name(value);
    }
}
