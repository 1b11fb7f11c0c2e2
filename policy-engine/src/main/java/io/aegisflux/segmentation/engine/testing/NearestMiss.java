package io.aegisflux.segmentation.engine.testing;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.engine.explaining.ConditionProbe;
import io.aegisflux.segmentation.engine.explaining.ConditionProbe.Miss;
import io.aegisflux.segmentation.engine.language.Condition;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.language.PolicyTest;
import io.aegisflux.segmentation.engine.language.PolicyTest.Expectation;
import io.aegisflux.segmentation.engine.language.Rule;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The rule that would make of a connection what is expected, and that the fewest of its conditions keep from it. */
final class NearestMiss {
    private final Policy policy;
    private final ConditionProbe probe;

    /**
     * @param rule the index of the rule in the document
     * @param misses what does not hold
     */
    private record Near(int rule, List<String> misses) {}

    /** @param policy as it is tested */
    NearestMiss(Policy policy, Ends ends) {
        this.policy = policy;
        this.probe = new ConditionProbe(ends.workloads());
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
        List<String> misses = probe.misses(policy, policy.rules().get(index), packet).stream()
                .map(miss -> switch (miss) {
                    case Miss.OfDirection(Direction direction) -> "it is for %s".formatted(direction.wireName());
                    case Miss.OfInterfaces ignored -> "its policy is for other interfaces";
                    case Miss.OfCondition(int at, Condition condition) ->
                        "/rules/%d/conditions/%d (%s) does not hold".formatted(index, at, condition.name());
                })
                .toList();
        return new Near(index, misses);
    }
}
