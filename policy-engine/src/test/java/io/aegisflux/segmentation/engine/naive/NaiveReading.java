package io.aegisflux.segmentation.engine.naive;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.Reason;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Decides about a packet by reading the documents from top to bottom, in the words of docs/policy-language.md. */
public final class NaiveReading {
    private static final List<String> RANKS = List.of("log mark", "deny", "rate_limit", "allow");

    private final List<JsonNode> documents;
    private final String host;
    private final Map<String, String> hostLabels;
    private final Action posture;
    private final NaiveConditions conditions;

    public NaiveReading(
            List<JsonNode> documents,
            String host,
            Map<String, String> hostLabels,
            Action posture,
            NaiveConditions conditions) {
        this.documents = documents;
        this.host = host;
        this.hostLabels = hostLabels;
        this.posture = posture;
        this.conditions = conditions;
    }

    /** A rule, or a default action that stands as one. */
    private record Step(JsonNode policy, int priority, String action, String id, boolean audit) {
        String name() {
            return policy.get("id").asText() + "/" + id;
        }

        int rank() {
            return RANKS.indexOf(RANKS.stream()
                    .filter(words -> words.contains(action))
                    .findFirst()
                    .orElseThrow());
        }
    }

    public Answer decide(PacketTuple packet, Instant now) {
        List<Step> matching = new ArrayList<>();
        List<Step> defaults = new ArrayList<>();
        for (JsonNode policy : documents) {
            if (!isOn(policy, now) || !appliesToHost(policy) || !appliesToInterface(policy, packet)) {
                continue;
            }
            for (JsonNode rule : policy.get("rules")) {
                if (isOn(rule, now) && sees(policy, rule, word(packet)) && conditions.hold(rule, packet)) {
                    matching.add(new Step(
                            policy,
                            rule.get("priority").asInt(),
                            rule.get("action").asText(),
                            rule.get("id").asText(),
                            isAudit(policy) || isAudit(rule)));
                }
            }
            addDefault(policy, packet, defaults);
        }
        Comparator<Step> order = Comparator.<Step>comparingInt(
                        step -> step.policy().get("priority").asInt())
                .thenComparingInt(Step::priority)
                .thenComparingInt(Step::rank)
                .thenComparing(step -> step.policy().get("id").asText())
                .thenComparing(Step::id);
        matching.sort(order);
        defaults.sort(order);
        matching.addAll(defaults);
        return walk(matching);
    }

    private Answer walk(List<Step> steps) {
        List<String> logged = new ArrayList<>();
        Step audited = null;
        Step decided = null;
        for (Step step : steps) {
            if (step.action().equals("log") || step.action().equals("mark")) {
                logged.add(step.name());
            } else if (!step.audit()) {
                decided = step;
                break;
            } else if (audited == null) {
                audited = step;
            }
        }
        boolean allowed =
                decided == null ? posture == Action.ALLOW : !decided.action().equals("deny");
        boolean wouldDeny = allowed && audited != null && audited.action().equals("deny");
        return new Answer(
                decided == null ? posture : Action.of(decided.action()),
                wouldDeny ? Reason.AUDIT_WOULD_DENY : reason(decided),
                decided == null ? null : decided.name(),
                wouldDeny ? audited.name() : null,
                logged);
    }

    private static Reason reason(Step decided) {
        if (decided == null) {
            return Reason.POSTURE;
        }
        return Reason.valueOf((decided.id().equals("default-action") ? "DEFAULT_" : "RULE_")
                + (decided.action().equals("deny") ? "DENY" : "ALLOW"));
    }

    private static void addDefault(JsonNode policy, PacketTuple packet, List<Step> defaults) {
        boolean written = policy.has("default_action");
        List<JsonNode> completed = StreamSupport.stream(policy.get("rules").spliterator(), false)
                .filter(rule -> !rule.has("enabled") || rule.get("enabled").asBoolean())
                .filter(rule -> written || rule.get("action").asText().equals("allow"))
                .toList();
        String action = written ? policy.get("default_action").asText() : completed.isEmpty() ? "none" : "deny";
        boolean onlyTrials = !written && completed.stream().allMatch(NaiveReading::isAudit);
        if (action.equals("none")) {
            return;
        }
        boolean sees = completed.stream()
                .filter(rule -> written || onlyTrials || isAudit(policy) || !isAudit(rule))
                .anyMatch(rule -> sees(policy, rule, word(packet)));
        if (policy.has("direction")) {
            sees = includes(policy.get("direction").asText(), word(packet));
        } else if (completed.isEmpty()) {
            sees = word(packet).equals("ingress");
        }
        if (sees) {
            defaults.add(new Step(policy, 0, action, "default-action", isAudit(policy) || onlyTrials));
        }
    }

    private static boolean sees(JsonNode policy, JsonNode rule, String direction) {
        List<JsonNode> asked = StreamSupport.stream(rule.get("conditions").spliterator(), false)
                .filter(condition -> condition.get("field").asText().equals("direction"))
                .toList();
        if (policy.has("direction") && !includes(policy.get("direction").asText(), direction)) {
            return false;
        }
        if (rule.has("direction") && !includes(rule.get("direction").asText(), direction)) {
            return false;
        }
        if (!policy.has("direction") && !rule.has("direction") && asked.isEmpty()) {
            return direction.equals("ingress");
        }
        return asked.stream().allMatch(condition -> NaiveConditions.compareWord(condition, direction));
    }

    private static boolean includes(String written, String direction) {
        return written.equals("both") || written.equals(direction);
    }

    private static String word(PacketTuple packet) {
        return packet.direction().wireName();
    }

    private static boolean isAudit(JsonNode node) {
        return node.has("mode") && node.get("mode").asText().equals("audit");
    }

    private static boolean isOn(JsonNode node, Instant now) {
        boolean enabled = !node.has("enabled") || node.get("enabled").asBoolean();
        boolean expired = node.has("expires_at")
                && !now.isBefore(
                        OffsetDateTime.parse(node.get("expires_at").asText()).toInstant());
        return enabled && !expired;
    }

    private boolean appliesToHost(JsonNode policy) {
        JsonNode to = policy.path("applies_to");
        boolean named = !to.has("hosts")
                || StreamSupport.stream(to.get("hosts").spliterator(), false)
                        .anyMatch(glob -> fits(glob.asText(), host));
        boolean labelled = to.path("labels").properties().stream()
                .allMatch(label -> label.getValue().asText().equals(hostLabels.get(label.getKey())));
        return named && labelled;
    }

    private static boolean appliesToInterface(JsonNode policy, PacketTuple packet) {
        JsonNode to = policy.path("applies_to");
        return !to.has("interfaces")
                || packet.interfaceName() != null
                        && StreamSupport.stream(to.get("interfaces").spliterator(), false)
                                .anyMatch(glob -> fits(glob.asText(), packet.interfaceName()));
    }

    /** Recursive: a star takes nothing, or one character and itself again. */
    private static boolean fits(String glob, String name) {
        if (glob.isEmpty()) {
            return name.isEmpty();
        }
        if (glob.charAt(0) == '*') {
            return fits(glob.substring(1), name) || !name.isEmpty() && fits(glob, name.substring(1));
        }
        return !name.isEmpty()
                && (glob.charAt(0) == '?' || glob.charAt(0) == name.charAt(0))
                && fits(glob.substring(1), name.substring(1));
    }
}
