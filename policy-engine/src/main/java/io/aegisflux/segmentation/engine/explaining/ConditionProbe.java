package io.aegisflux.segmentation.engine.explaining;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.language.AppliesTo;
import io.aegisflux.segmentation.engine.language.Condition;
import io.aegisflux.segmentation.engine.language.DefaultAction;
import io.aegisflux.segmentation.engine.language.DefaultRule;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.language.Rule;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds what keeps a rule from a packet: it asks the evaluator for each condition by itself, in a policy of one rule. For one
 * thread.
 */
public final class ConditionProbe {
    private static final HostView HOST = new HostView(new HostId("any"), Map.of(), Action.ALLOW);
    private static final String NO_DIGEST = "0".repeat(64);
    private static final DefaultRule NO_DEFAULT = new DefaultRule(DefaultAction.NONE, Direction.BOTH, Mode.ENFORCE);

    private final Lowering lowering;

    /** A lowering keeps every version that it has seen: each question is one of its own. */
    private long questions;

    /** @param workloads that label conditions know */
    public ConditionProbe(List<Workload> workloads) {
        this.lowering = new Lowering(requireNonNull(workloads, "workloads is null"));
    }

    /** What does not hold, its direction and its policy's interfaces included, in the order of the document. */
    public List<Miss> misses(Policy policy, Rule rule, PacketTuple packet) {
        List<Miss> misses = new ArrayList<>();
        if (rule.direction() != Direction.BOTH && rule.direction() != packet.direction()) {
            misses.add(new Miss.OfDirection(rule.direction()));
        }
        if (!policy.appliesTo().interfaces().isEmpty()
                && !matches(policy.with(ofInterfaces(policy), List.of(deny(rule, List.of()))), packet)) {
            misses.add(new Miss.OfInterfaces());
        }
        for (int i = 0; i < rule.conditions().size(); i++) {
            Condition condition = rule.conditions().get(i);
            if (!matches(policy.with(AppliesTo.ALL, List.of(deny(rule, List.of(condition)))), packet)) {
                misses.add(new Miss.OfCondition(i, condition));
            }
        }
        return misses;
    }

    /** What keeps a rule from a packet. */
    public sealed interface Miss {
        /** It is for packets of this direction. */
        record OfDirection(Direction direction) implements Miss {}

        /** Its policy is for other interfaces. */
        record OfInterfaces() implements Miss {}

        /**
         * A condition does not hold.
         *
         * @param index in the rule
         */
        record OfCondition(int index, Condition condition) implements Miss {}
    }

    private static AppliesTo ofInterfaces(Policy policy) {
        return new AppliesTo(List.of(), Map.of(), policy.appliesTo().interfaces());
    }

    private static Rule deny(Rule rule, List<Condition> conditions) {
        return new Rule(
                rule.id(),
                Action.DENY,
                1,
                true,
                conditions,
                Direction.BOTH,
                Mode.ENFORCE,
                null,
                0,
                null,
                null,
                "",
                rule.metadata());
    }

    private boolean matches(Policy alone, PacketTuple packet) {
        Policy always = new Policy(
                alone.id(),
                alone.name(),
                alone.type(),
                alone.priority(),
                true,
                Mode.ENFORCE,
                alone.appliesTo(),
                alone.rules(),
                NO_DEFAULT,
                null,
                List.of(),
                "",
                alone.metadata(),
                null,
                null);
        return Evaluator.forFew(lowering.lower(List.of(new VersionedPolicy(always, ++questions, NO_DIGEST)), HOST))
                        .decide(packet, Instant.EPOCH)
                        .action()
                == Action.DENY;
    }
}
