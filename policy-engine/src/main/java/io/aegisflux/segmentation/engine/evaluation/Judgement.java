package io.aegisflux.segmentation.engine.evaluation;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Action;
import java.util.List;

/**
 * What a rule table decided, by indexes into its rules.
 *
 * @param rule the deciding rule; {@link #NONE} when the posture decided
 * @param auditRule the first allow or deny rule of audit mode that matched before the deciding one; {@link #NONE} if no
 *     one did
 * @param passed the log and mark rules met before the deciding one, of audit mode or not, in their order
 * @param action ALLOW or DENY; ALLOW also for a rate, which no single packet can be judged by
 */
public record Judgement(int rule, int auditRule, List<Integer> passed, Action action) {
    /** Stands for no rule. */
    public static final int NONE = -1;

    public Judgement {
        requireNonNull(action, "action is null");
        passed = List.copyOf(passed);
    }
}
