package io.aegisflux.segmentation.engine.parsing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.language.Condition;
import io.aegisflux.segmentation.engine.language.Limits;
import io.aegisflux.segmentation.engine.language.Rule;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one rule. */
final class RuleReader {
    static final List<String> MEMBERS = List.of(
            "id",
            "action",
            "priority",
            "conditions",
            "enabled",
            "direction",
            "mode",
            "expires_at",
            "mark",
            "description",
            "metadata",
            "rate_limit");
    private static final long HIGHEST_MARK = 0xFFFF_FFFFL;
    private static final Map<String, Action> ACTIONS =
            Values.words(new Action[] {Action.ALLOW, Action.DENY, Action.LOG, Action.MARK}, Action::wireName);

    private final Optional<Direction> policyDirection;
    private final Mode policyMode;

    /** @param policyDirection what the policy says, empty when it says nothing */
    RuleReader(Optional<Direction> policyDirection, Mode policyMode) {
        this.policyDirection = policyDirection;
        this.policyMode = policyMode;
    }

    Optional<Rule> read(JsonNode node, Place place) {
        return Members.of(node, place, MEMBERS).flatMap(this::read);
    }

    private Optional<Rule> read(Members members) {
        members.reserved("rate_limit", "no host can enforce rate limits yet", "remove it, or use allow or deny");
        Optional<String> id = members.required("id", "give the rule a name of its own in this policy", RuleReader::id);
        Optional<Action> action =
                members.required("action", "write one of " + String.join(", ", ACTIONS.keySet()), RuleReader::action);
        Optional<Long> priority =
                members.required("priority", "write a whole number; lower is considered first", RuleReader::priority);
        Optional<List<Condition>> conditions = members.required(
                "conditions",
                "write a list of conditions; [] matches every packet",
                (node, place) -> Values.items(node, place, Limits.CONDITIONS, ConditionReader::read));
        boolean enabled = members.optional("enabled", Values::flag).orElse(true);
        Optional<Direction> direction =
                members.optional("direction", (node, place) -> Values.word(node, place, Values.DIRECTIONS));
        Mode mode = members.optional("mode", (node, place) -> Values.word(node, place, PolicyReader.MODES))
                .orElse(Mode.ENFORCE);
        Optional<Instant> expiresAt = members.optional("expires_at", Values::instant);
        Optional<Long> mark = mark(members, action);
        String description = members.optional("description", Values::text).orElse("");
        ObjectNode metadata = metadata(members);
        if (id.isEmpty() || action.isEmpty() || priority.isEmpty() || conditions.isEmpty()) {
            return Optional.empty();
        }
        return direction(direction, conditions.get(), members)
                .map(effective -> new Rule(
                        id.get(),
                        action.get(),
                        priority.get().intValue(),
                        enabled,
                        conditions.get(),
                        effective,
                        policyMode == Mode.AUDIT ? Mode.AUDIT : mode,
                        expiresAt.orElse(null),
                        mark.orElse(0L),
                        description,
                        metadata));
    }

    static ObjectNode metadata(Members members) {
        return members.optional(
                        "metadata",
                        (node, place) -> node instanceof ObjectNode object
                                ? Optional.of(object)
                                : Values.wrongType(node, place, "an object in { }"))
                .orElseGet(JsonNodeFactory.instance::objectNode);
    }

    static Optional<Long> priority(JsonNode node, Place place) {
        return Values.whole(node, place, 0, Limits.PRIORITY);
    }

    private static Optional<String> id(JsonNode node, Place place) {
        return Values.token(node, place)
                .flatMap(id -> id.equals(TableRule.DEFAULT_RULE_ID)
                        ? place.refuse(
                                "\"%s\" is the name of the policy's default action".formatted(id),
                                "give the rule another id")
                        : Optional.of(id));
    }

    private static Optional<Action> action(JsonNode node, Place place) {
        return node.isTextual() && node.textValue().equals("rate_limit")
                ? place.refuse("no host can enforce the action \"rate_limit\" yet", "use allow or deny")
                : Values.word(node, place, ACTIONS);
    }

    private static Optional<Long> mark(Members members, Optional<Action> action) {
        if (action.isEmpty()) {
            return Optional.empty();
        }
        Place place = members.place().member("mark");
        String hint = "write the mark to set, a whole number from 1 to " + HIGHEST_MARK;
        if (action.get() == Action.MARK) {
            return members.required("mark", hint, (node, here) -> Values.whole(node, here, 1, HIGHEST_MARK));
        }
        return members.has("mark")
                ? place.refuse(
                        "a rule with the action %s sets no mark"
                                .formatted(action.get().wireName()),
                        "remove it, or write the action mark")
                : Optional.empty();
    }

    /**
     * The directions in which the rule sees packets: its own, else the policy's, else what its direction conditions ask
     * for, else ingress; within the policy's and its conditions'. A rule that would see none is refused.
     */
    private Optional<Direction> direction(Optional<Direction> own, List<Condition> conditions, Members members) {
        boolean asks = conditions.stream().anyMatch(Condition.Directions.class::isInstance);
        Direction base = own.or(() -> policyDirection).orElse(asks ? Direction.BOTH : Direction.INGRESS);
        Optional<Direction> effective = Directions.intersect(base, policyDirection.orElse(Direction.BOTH));
        if (effective.isEmpty()) {
            return members.place()
                    .member("direction")
                    .refuse(
                            "the rule's direction is %s, but its policy's is %s"
                                    .formatted(
                                            base.wireName(),
                                            policyDirection.orElseThrow().wireName()),
                            "write the policy's direction as \"both\", or remove it");
        }
        for (Condition condition : conditions) {
            if (condition instanceof Condition.Directions directions) {
                effective = effective.flatMap(it -> Directions.intersect(it, Directions.of(directions.admitted())));
            }
        }
        return effective.isPresent()
                ? effective
                : members.place()
                        .member("conditions")
                        .refuse(
                                "the conditions on direction leave nothing of the rule's direction, %s"
                                        .formatted(base.wireName()),
                                "write \"direction\": \"both\" on the rule and the policy, or change the conditions");
    }
}
