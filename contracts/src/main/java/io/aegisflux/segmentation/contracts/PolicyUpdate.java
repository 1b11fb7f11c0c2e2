package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * What a host applied, on {@code segmentation.policy_updates.<host>}.
 *
 * @param action created, updated, deleted, enabled or disabled
 * @param version of the policy; null for a deletion
 * @param revision the desired state's
 * @param metadata {@code result} (applied or refused), {@code generation}, {@code reason}
 */
public record PolicyUpdate(
        HostId hostId,
        PolicyId policyId,
        String action,
        String policyType,
        Long version,
        long revision,
        Instant timestamp,
        Map<String, Object> metadata) {

    private static final Set<String> ACTIONS = Set.of("created", "updated", "deleted", "enabled", "disabled");

    public PolicyUpdate {
        requireNonNull(hostId, "host_id is missing");
        requireNonNull(policyId, "policy_id is missing");
        requireNonNull(action, "action is missing");
        requireNonNull(policyType, "policy_type is missing");
        requireNonNull(timestamp, "timestamp is missing");
        Figures.requireWord(action, ACTIONS, "action");
        Figures.requireVersionOrNull(version);
        if (revision < 1) {
            throw new IllegalArgumentException("revisions count from 1, not " + revision);
        }
        metadata = Frozen.map(metadata);
    }
}
