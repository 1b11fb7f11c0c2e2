package io.aegisflux.segmentation.engine.language;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PolicyId;
import java.time.Instant;
import java.util.List;

/**
 * A policy document that was accepted.
 *
 * @param priority lower is considered first
 * @param mode of the whole policy; a rule may still be AUDIT in an enforced policy
 * @param rules in the order of the document
 * @param defaultRule what happens to packets that no rule decided
 * @param expiresAt null when it never expires
 * @param tests what its author wants it to decide, shape checked
 * @param description empty when there is none
 * @param metadata carried, never read; empty when there is none
 * @param createdAt as the author wrote it, null when not written
 * @param updatedAt as createdAt
 */
public record Policy(
        PolicyId id,
        String name,
        PolicyType type,
        int priority,
        boolean enabled,
        Mode mode,
        AppliesTo appliesTo,
        List<Rule> rules,
        DefaultRule defaultRule,
        Instant expiresAt,
        List<PolicyTest> tests,
        String description,
        ObjectNode metadata,
        Instant createdAt,
        Instant updatedAt) {

    public Policy {
        requireNonNull(id, "id is null");
        requireNonNull(name, "name is null");
        requireNonNull(type, "type is null");
        requireNonNull(mode, "mode is null");
        requireNonNull(appliesTo, "appliesTo is null");
        requireNonNull(defaultRule, "defaultRule is null");
        rules = List.copyOf(rules);
        tests = List.copyOf(tests);
    }

    /** The same, but for these hosts and interfaces, with these rules, and without tests. */
    public Policy with(AppliesTo otherAppliesTo, List<Rule> otherRules) {
        return new Policy(
                id,
                name,
                type,
                priority,
                enabled,
                mode,
                otherAppliesTo,
                otherRules,
                defaultRule,
                expiresAt,
                List.of(),
                description,
                metadata,
                createdAt,
                updatedAt);
    }

    /** The same with these rules by itself: for every host and interface, enabled and for ever, without tests. */
    public Policy alone(Mode otherMode, List<Rule> otherRules, DefaultRule otherDefault) {
        return new Policy(
                id,
                name,
                type,
                priority,
                true,
                otherMode,
                AppliesTo.ALL,
                otherRules,
                otherDefault,
                null,
                List.of(),
                "",
                metadata,
                null,
                null);
    }
}
