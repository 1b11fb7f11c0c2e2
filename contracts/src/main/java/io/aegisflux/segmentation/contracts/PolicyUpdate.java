package io.aegisflux.segmentation.contracts;

import java.time.Instant;
import java.util.Map;

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

    public PolicyUpdate {
        metadata = metadata == null ? Map.of() : Map.copyOf(metadata);
    }
}
