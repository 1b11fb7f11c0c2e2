package io.aegisflux.segmentation.engine.testing;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.language.Condition;
import io.aegisflux.segmentation.engine.language.DefaultAction;
import io.aegisflux.segmentation.engine.language.DefaultRule;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.language.PolicyTest;
import io.aegisflux.segmentation.engine.language.PolicyTest.Expectation;
import io.aegisflux.segmentation.engine.language.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The rule that would make of a connection what is expected, and that the fewest of its conditions keep from it. */
final class NearestMiss {
    private final Policy policy;
    private final Ends ends;

    /**
     * @param rule the index of the rule in the document
     * @param misses what does not hold
     */
    private record Near(int rule, List<String> misses) {}

    /** @param policy as it is tested */
    NearestMiss(Policy policy, Ends ends) {
        this.policy = policy;
        this.ends = ends;
    }

    /** Says which rule, and what keeps it. */
    String hint(PolicyTest test, List<PacketTuple> packets) {
        Optional<Near> nearest = IntStream.range(0, policy.rules().size())
                .filter(i -> wouldDo(policy.rules().get(i), test))
                .boxed()
                .flatMap(i -> packets.stream().map(packet -> near(i, packet)))
                .min(Comparator.comparingInt((Near near) -> near.misses.size())
                        .thenComparingInt(near -> policy.rules().get(near.rule).priority()));
        if (nearest.isEmpty()) {
            return "no rule of the policy says %s; write one, or change what is expected"
                    .formatted(verb(test.expect()));
        }
        String id = policy.rules().get(nearest.get().rule).id();
        return nearest.get().misses.isEmpty()
                ? "rule \"%s\" matches too, but what decides is considered before it: see the priorities".formatted(id)
                : "the nearest miss is rule \"%s\": %s".formatted(id, String.join(", ", nearest.get().misses));
    }

    private static boolean wouldDo(Rule rule, PolicyTest test) {
        if (!rule.enabled() || test.by() != null && !rule.id().equals(test.by())) {
            return false;
        }
        return switch (test.expect()) {
            case ALLOW -> rule.action() == Action.ALLOW || rule.action() == Action.RATE_LIMIT;
            case DENY, AUDIT -> rule.action() == Action.DENY;
        };
    }

    private static String verb(Expectation expectation) {
        return switch (expectation) {
            case ALLOW -> "allow";
            case DENY -> "deny";
            case AUDIT -> "deny in audit mode";
        };
    }

    private Near near(int index, PacketTuple packet) {
        Rule rule = policy.rules().get(index);
        List<String> misses = new ArrayList<>();
        if (rule.direction() != Direction.BOTH && rule.direction() != packet.direction()) {
            misses.add("it is for %s".formatted(rule.direction().wireName()));
        }
        for (int i = 0; i < rule.conditions().size(); i++) {
            Condition condition = rule.conditions().get(i);
            if (!holds(condition, packet)) {
                misses.add("/rules/%d/conditions/%d (%s) does not hold".formatted(index, i, name(condition)));
            }
        }
        return new Near(index, misses);
    }

    private static String name(Condition condition) {
        return condition instanceof Condition.Label label
                ? condition.field().labelPrefix() + label.key()
                : condition.field().word();
    }

    /** Asks a policy of one rule with this condition alone. */
    private boolean holds(Condition condition, PacketTuple packet) {
        Rule rule = new Rule(
                "only",
                Action.DENY,
                1,
                true,
                List.of(condition),
                Direction.BOTH,
                Mode.ENFORCE,
                null,
                0,
                null,
                null,
                "",
                policy.metadata());
        DefaultRule none = new DefaultRule(DefaultAction.NONE, Direction.BOTH, Mode.ENFORCE);
        Policy alone = PolicyTests.alone(policy, Mode.ENFORCE, List.of(rule), none);
        Evaluator evaluator = PolicyTests.evaluator(alone, ends);
        return evaluator.decide(packet, Instant.EPOCH).action() == Action.DENY;
    }
}
