package io.aegisflux.segmentation.engine.language;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.RateLimit;
import java.time.Instant;
import java.util.List;

/**
 * A rule of a policy; it matches a packet when all its conditions do.
 *
 * @param priority lower is considered first
 * @param direction the effective one: of rule, policy and direction conditions together
 * @param mode ENFORCE only when the policy is enforced too
 * @param expiresAt null when only the policy's counts
 * @param mark the mark to set, 0 when it sets none
 * @param dscp the DSCP to set, null when it sets none
 * @param rateLimit null when the action is not RATE_LIMIT
 * @param description empty when there is none
 * @param metadata carried, never read; empty when there is none
 */
public record Rule(
        String id,
        Action action,
        int priority,
        boolean enabled,
        List<Condition> conditions,
        Direction direction,
        Mode mode,
        Instant expiresAt,
        long mark,
        Integer dscp,
        RateLimit rateLimit,
        String description,
        ObjectNode metadata) {

    public Rule {
        requireNonNull(id, "id is null");
        requireNonNull(action, "action is null");
        requireNonNull(direction, "direction is null");
        requireNonNull(mode, "mode is null");
        conditions = List.copyOf(conditions);
    }

    /** The same with these conditions in place of its own. */
    public Rule with(List<Condition> otherConditions) {
        return new Rule(
                id,
                action,
                priority,
                enabled,
                otherConditions,
                direction,
                mode,
                expiresAt,
                mark,
                dscp,
                rateLimit,
                description,
                metadata);
    }
}
