package io.aegisflux.segmentation.engine.parsing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.RateLimit;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.language.Condition;
import io.aegisflux.segmentation.engine.language.Limits;
import io.aegisflux.segmentation.engine.language.Rule;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

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
            "dscp",
            "rate_limit",
            "description",
            "metadata");
    private static final long HIGHEST_MARK = 0xFFFF_FFFFL;
    private static final long HIGHEST_DSCP = 63;
    private static final List<String> RATE_LIMIT_MEMBERS = List.of("per_second", "of", "per");
    private static final Map<String, Action> ACTIONS = Values.words(
            new Action[] {Action.ALLOW, Action.DENY, Action.RATE_LIMIT, Action.LOG, Action.MARK}, Action::wireName);
    private static final Map<String, RateLimit.Of> COUNTED =
            Values.words(RateLimit.Of.values(), RateLimit.Of::wireName);
    private static final Map<String, RateLimit.Per> BUCKETS =
            Values.words(RateLimit.Per.values(), RateLimit.Per::wireName);

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
        Optional<Integer> dscp = dscp(members, action);
        Optional<RateLimit> rateLimit = rateLimit(members, action);
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
                        dscp.orElse(null),
                        rateLimit.orElse(null),
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
        return Values.word(node, place, ACTIONS);
    }

    private static Optional<Long> mark(Members members, Optional<Action> action) {
        if (action.isEmpty()) {
            return Optional.empty();
        }
        String hint = "write the mark to set, a whole number from 1 to %d, or a dscp".formatted(HIGHEST_MARK);
        if (action.get() != Action.MARK) {
            return unfit(members, "mark", action.get(), Action.MARK, "sets no mark");
        }
        BiFunction<JsonNode, Place, Optional<Long>> reader = (node, here) -> Values.whole(node, here, 1, HIGHEST_MARK);
        return members.has("dscp") ? members.optional("mark", reader) : members.required("mark", hint, reader);
    }

    private static Optional<Integer> dscp(Members members, Optional<Action> action) {
        if (action.isEmpty()) {
            return Optional.empty();
        }
        if (action.get() != Action.MARK) {
            return unfit(members, "dscp", action.get(), Action.MARK, "sets no DSCP");
        }
        if (members.has("dscp") && members.has("mark")) {
            return members.place()
                    .member("dscp")
                    .refuse("a rule sets a mark or a DSCP, not both", "write two rules with these conditions");
        }
        return members.optional("dscp", (node, here) -> Values.whole(node, here, 0, HIGHEST_DSCP))
                .map(Long::intValue);
    }

    private static Optional<RateLimit> rateLimit(Members members, Optional<Action> action) {
        if (action.isEmpty()) {
            return Optional.empty();
        }
        if (action.get() != Action.RATE_LIMIT) {
            return unfit(members, "rate_limit", action.get(), Action.RATE_LIMIT, "has no rate");
        }
        return members.required(
                "rate_limit",
                "write the rate, e.g. {\"per_second\": 100}",
                (node, place) -> Members.of(node, place, RATE_LIMIT_MEMBERS).flatMap(RuleReader::rateLimit));
    }

    private static Optional<RateLimit> rateLimit(Members members) {
        Optional<Long> perSecond = members.required(
                "per_second",
                "write how many may pass in a second",
                (node, here) -> Values.whole(node, here, 1, RateLimit.HIGHEST));
        RateLimit.Of of = members.optional("of", (node, here) -> Values.word(node, here, COUNTED))
                .orElse(RateLimit.Of.PACKETS);
        RateLimit.Per per = members.optional("per", (node, here) -> Values.word(node, here, BUCKETS))
                .orElse(RateLimit.Per.RULE);
        return perSecond.map(rate -> new RateLimit(rate, of, per));
    }

    private static <T> Optional<T> unfit(Members members, String member, Action action, Action fit, String what) {
        return members.has(member)
                ? members.place()
                        .member(member)
                        .refuse(
                                "a rule with the action %s %s".formatted(action.wireName(), what),
                                "remove it, or write the action " + fit.wireName())
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
