package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Canary;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.language.DefaultAction;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.language.Rule;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What of a stored version of a policy is told to Prometheus.
 *
 * @param published sequence of the publish it came from
 * @param state enforced, audit or disabled; deleted for a deletion, invalid for a document that our parser refuses
 * @param type as in the document; empty for what has none
 * @param expiresAt null when it never expires
 * @param canary how it is staged; null for a version that is for all hosts at once
 * @param verdicts by the id of each rule that can decide, what becomes of a packet that it decides
 * @param expiries by the id of each of these rules that ends, alone or with its policy, when it does
 */
record PolicyVersion(
        long version,
        Instant storedAt,
        long published,
        State state,
        String type,
        Mode mode,
        Instant expiresAt,
        Canary canary,
        Map<String, String> verdicts,
        Map<String, Instant> expiries) {
    enum State {
        ENFORCED,
        AUDIT,
        DISABLED,
        INVALID,
        DELETED
    }

    PolicyVersion {
        verdicts = Map.copyOf(verdicts);
        expiries = Map.copyOf(expiries);
    }

    static PolicyVersion of(StoredPolicy stored) {
        if (stored.isDeleted()) {
            return bare(stored, State.DELETED);
        }
        return switch (PolicyParser.parse(Wire.write(stored.document()), stored.policyId())) {
            case ParseResult.Accepted(Policy policy) ->
                new PolicyVersion(
                        stored.version(),
                        stored.storedAt(),
                        stored.sourceSequence(),
                        state(policy),
                        policy.type().word(),
                        policy.mode(),
                        policy.expiresAt(),
                        stored.canary(),
                        verdicts(policy),
                        expiries(policy));
            case ParseResult.Rejected ignored -> bare(stored, State.INVALID);
        };
    }

    /** Its state at a time: one that has expired is disabled. */
    State state(Instant now) {
        boolean expired = expiresAt != null && !now.isBefore(expiresAt);
        return expired && isInUse() ? State.DISABLED : state;
    }

    boolean isStaged() {
        return canary != null;
    }

    /** Whether it decides something, or would. */
    boolean isInUse() {
        return state == State.ENFORCED || state == State.AUDIT;
    }

    private static PolicyVersion bare(StoredPolicy stored, State state) {
        return new PolicyVersion(
                stored.version(),
                stored.storedAt(),
                stored.sourceSequence(),
                state,
                "",
                Mode.ENFORCE,
                null,
                stored.canary(),
                Map.of(),
                Map.of());
    }

    private static State state(Policy policy) {
        if (!policy.enabled()) {
            return State.DISABLED;
        }
        return policy.mode() == Mode.AUDIT ? State.AUDIT : State.ENFORCED;
    }

    private static Map<String, String> verdicts(Policy policy) {
        Map<String, String> verdicts = new HashMap<>();
        for (Rule rule : policy.rules()) {
            if (rule.enabled() && rule.action().decides()) {
                verdicts.put(
                        rule.id(),
                        rule.action() == Action.RATE_LIMIT
                                ? "limited" // some of its packets passed, some did not
                                : verdict(rule.action() == Action.DENY, rule.mode()));
            }
        }
        if (policy.defaultRule().action() != DefaultAction.NONE) {
            verdicts.put(
                    TableRule.DEFAULT_RULE_ID,
                    verdict(
                            policy.defaultRule().action() == DefaultAction.DENY,
                            policy.defaultRule().mode()));
        }
        return verdicts;
    }

    private static Map<String, Instant> expiries(Policy policy) {
        Map<String, Instant> expiries = new HashMap<>();
        for (Rule rule : policy.rules()) {
            if (rule.enabled() && rule.action().decides()) {
                Stream.of(rule.expiresAt(), policy.expiresAt())
                        .filter(Objects::nonNull)
                        .min(Comparator.naturalOrder())
                        .ifPresent(at -> expiries.put(rule.id(), at));
            }
        }
        if (policy.expiresAt() != null && policy.defaultRule().action() != DefaultAction.NONE) {
            expiries.put(TableRule.DEFAULT_RULE_ID, policy.expiresAt());
        }
        return expiries;
    }

    /** An audit rule that allows decides nothing, one that denies tells what it would have done. */
    private static String verdict(boolean denies, Mode mode) {
        if (!denies) {
            return Verdict.ALLOWED.wireName();
        }
        return (mode == Mode.AUDIT ? Verdict.AUDITED : Verdict.DROPPED).wireName();
    }
}
