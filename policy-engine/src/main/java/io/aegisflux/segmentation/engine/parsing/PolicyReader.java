package io.aegisflux.segmentation.engine.parsing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.engine.language.AppliesTo;
import io.aegisflux.segmentation.engine.language.DefaultAction;
import io.aegisflux.segmentation.engine.language.DefaultRule;
import io.aegisflux.segmentation.engine.language.Limits;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.language.PolicyTest;
import io.aegisflux.segmentation.engine.language.PolicyType;
import io.aegisflux.segmentation.engine.language.Rule;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads the document itself. */
final class PolicyReader {
    static final Map<String, Mode> MODES = Values.words(Mode.values(), Mode::wireName);
    static final List<String> MEMBERS = List.of(
            "$schema",
            "id",
            "name",
            "type",
            "priority",
            "enabled",
            "mode",
            "direction",
            "applies_to",
            "default_action",
            "rules",
            "expires_at",
            "tests",
            "description",
            "metadata",
            "created_at",
            "updated_at");
    private static final Map<String, DefaultAction> DEFAULTS =
            Values.words(DefaultAction.values(), DefaultAction::word);
    private static final Map<String, PolicyType> TYPES = Values.words(PolicyType.values(), PolicyType::word);

    private final Members members;

    private PolicyReader(Members members) {
        this.members = members;
    }

    /** @param expectedId the id that the document must have, empty when any will do */
    static Optional<Policy> read(JsonNode document, Optional<PolicyId> expectedId, Violations violations) {
        return Members.of(document, Place.root(violations), MEMBERS)
                .flatMap(members -> new PolicyReader(members).read(expectedId));
    }

    private Optional<Policy> read(Optional<PolicyId> expectedId) {
        members.optional("$schema", Values::text);
        Optional<PolicyId> id = members.required(
                "id", "write the policy's id, the last part of its subject", (node, at) -> id(node, at, expectedId));
        Optional<String> name = members.required(
                "name", "write what the policy is for", (node, at) -> Values.line(node, at, Limits.NAME));
        Optional<PolicyType> type = members.required("type", "write \"network\"", PolicyReader::type);
        Optional<Long> priority =
                members.required("priority", "write a whole number; lower is considered first", RuleReader::priority);
        boolean enabled = members.optional("enabled", Values::flag).orElse(true);
        Mode mode = members.optional("mode", (node, place) -> Values.word(node, place, MODES))
                .orElse(Mode.ENFORCE);
        Optional<Direction> direction =
                members.optional("direction", (node, place) -> Values.word(node, place, Values.DIRECTIONS));
        AppliesTo appliesTo =
                members.optional("applies_to", AppliesToReader::read).orElse(AppliesTo.ALL);
        Optional<DefaultAction> defaultAction =
                members.optional("default_action", (node, place) -> Values.word(node, place, DEFAULTS));
        RuleReader ruleReader = new RuleReader(direction, mode);
        Optional<List<Rule>> rules = members.required(
                "rules",
                "write a list of rules; [] for none",
                (node, place) -> Values.items(node, place, Limits.RULES, ruleReader::read)
                        .flatMap(read -> checked(read, place)));
        Optional<Instant> expiresAt = members.optional("expires_at", Values::instant);
        List<PolicyTest> tests = members.optional(
                        "tests", (node, place) -> Values.items(node, place, Limits.TESTS, TestReader::read))
                .orElse(List.of());
        String description = members.optional("description", Values::text).orElse("");
        ObjectNode metadata = RuleReader.metadata(members);
        Optional<Instant> createdAt = members.optional("created_at", Values::instant);
        Optional<Instant> updatedAt = members.optional("updated_at", Values::instant);
        if (id.isEmpty() || name.isEmpty() || type.isEmpty() || priority.isEmpty() || rules.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Policy(
                id.get(),
                name.get(),
                type.get(),
                priority.get().intValue(),
                enabled,
                mode,
                appliesTo,
                rules.get(),
                defaultRule(defaultAction, direction, mode, rules.get()),
                expiresAt.orElse(null),
                tests,
                description,
                metadata,
                createdAt.orElse(null),
                updatedAt.orElse(null)));
    }

    private static Optional<PolicyId> id(JsonNode node, Place place, Optional<PolicyId> expected) {
        return Values.expectedToken(node, place, expected.map(PolicyId::value)).map(PolicyId::new);
    }

    private static Optional<PolicyType> type(JsonNode node, Place place) {
        return node.isTextual() && PolicyType.RESERVED.contains(node.textValue())
                ? place.refuse(
                        "no host can enforce policies of type %s yet".formatted(Shown.value(node)), "write \"network\"")
                : Values.word(node, place, TYPES);
    }

    private static Optional<List<Rule>> checked(List<Rule> rules, Place place) {
        Map<String, Integer> first = new HashMap<>();
        for (int i = 0; i < rules.size(); i++) {
            Integer earlier = first.putIfAbsent(rules.get(i).id(), i);
            if (earlier != null) {
                place.item(i)
                        .member("id")
                        .refuse(
                                "rule %d of this policy is called %s too"
                                        .formatted(
                                                earlier, Shown.text(rules.get(i).id())),
                                "give each rule an id of its own");
            }
        }
        return AddressBudget.check(rules, place);
    }

    /**
     * What is decided when no rule matched. Implied is deny, if the policy has an enabled allow rule: an allow list means
     * what it says, also when its rules have expired; allow rules that only audit imply a deny that only audits. Its
     * direction is the policy's, else that of the rules it completes: the allow rules of an implied deny, all rules of a
     * written action.
     */
    private static DefaultRule defaultRule(
            Optional<DefaultAction> written, Optional<Direction> direction, Mode mode, List<Rule> rules) {
        List<Rule> enabled = rules.stream().filter(Rule::enabled).toList();
        Predicate<Rule> completed = written.isPresent() ? rule -> true : rule -> rule.action() == Action.ALLOW;
        List<Rule> base = enabled.stream().filter(completed).toList();
        boolean implied = written.isEmpty() && !base.isEmpty();
        boolean auditOnly = mode == Mode.AUDIT || implied && base.stream().allMatch(rule -> rule.mode() == Mode.AUDIT);
        List<Rule> deciding = implied && !auditOnly
                ? base.stream().filter(rule -> rule.mode() == Mode.ENFORCE).toList()
                : base;
        Direction own = direction.orElseGet(() ->
                deciding.stream().map(Rule::direction).reduce(Directions::union).orElse(Direction.INGRESS));
        return new DefaultRule(
                written.orElse(implied ? DefaultAction.DENY : DefaultAction.NONE),
                own,
                auditOnly ? Mode.AUDIT : Mode.ENFORCE);
    }
}
