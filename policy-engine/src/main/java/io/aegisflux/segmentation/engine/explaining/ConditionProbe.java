package io.aegisflux.segmentation.engine.explaining;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.language.Condition;
import io.aegisflux.segmentation.engine.language.DefaultAction;
import io.aegisflux.segmentation.engine.language.DefaultRule;
import io.aegisflux.segmentation.engine.language.Glob;
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
        if (!isForInterface(policy.appliesTo().interfaces(), packet.interfaceName())) {
            misses.add(new Miss.OfInterfaces());
        }
        for (int i = 0; i < rule.conditions().size(); i++) {
            Condition condition = rule.conditions().get(i);
            if (!holds(policy, rule, condition, packet)) {
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

    private static boolean isForInterface(List<Glob> globs, String name) {
        return globs.isEmpty() || name != null && globs.stream().anyMatch(glob -> glob.matches(name));
    }

    private boolean holds(Policy policy, Rule rule, Condition condition, PacketTuple packet) {
        Rule deny = new Rule(
                rule.id(),
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
                rule.metadata());
        Policy alone = policy.alone(Mode.ENFORCE, List.of(deny), NO_DEFAULT);
        return Evaluator.forFew(lowering.lower(List.of(new VersionedPolicy(alone, ++questions, NO_DIGEST)), HOST))
                        .decide(packet, Instant.EPOCH)
                        .action()
                == Action.DENY;
    }
}
