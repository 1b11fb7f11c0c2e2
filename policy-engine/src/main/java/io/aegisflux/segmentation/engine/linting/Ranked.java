package io.aegisflux.segmentation.engine.linting;

import io.aegisflux.segmentation.contracts.InterfaceMatch;
import io.aegisflux.segmentation.contracts.LintFinding.RelatedRule;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.language.Policy;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A rule at its place in the order of evaluation.
 *
 * @param place from 0
 * @param index of the rule in its policy's document
 * @param rule lowered, as far as it can be for any fleet or for the known one
 * @param asks what else it asks of a packet, and that is no dimension of an area: conditions on interfaces, and on labels where
 *     these stay open
 * @param v4 the packets of IPv4 that it matches if they hold what it asks
 * @param v6 as v4
 */
record Ranked(Policy policy, int place, int index, TableRule rule, Set<Record> asks, Area v4, Area v6) {
    Ranked {
        asks = Set.copyOf(asks);
    }

    List<InterfaceMatch> interfaces() {
        return rule.interfaces() == null ? List.of() : rule.interfaces();
    }

    /** The conditions on labels that stay open. */
    Set<Record> labels() {
        return asks.stream().filter(ask -> !(ask instanceof InterfaceMatch)).collect(Collectors.toSet());
    }

    /** Whether it has ended. */
    boolean isPast(Instant now) {
        return rule.expiresAt() != null && !now.isBefore(rule.expiresAt());
    }

    /** Whether it is there at least as long as the other. */
    boolean outlives(Ranked other) {
        return rule.expiresAt() == null
                || other.rule.expiresAt() != null && !rule.expiresAt().isBefore(other.rule.expiresAt());
    }

    RelatedRule named() {
        return new RelatedRule(policy.id(), rule.ruleId());
    }

    String name() {
        return policy.id() + "/" + rule.ruleId();
    }
}
