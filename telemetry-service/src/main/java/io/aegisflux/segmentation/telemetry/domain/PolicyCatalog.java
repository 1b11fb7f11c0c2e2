package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** The policies as the store tells of them, each with its last versions, and the publishes that were refused since. */
final class PolicyCatalog {
    /** The verdict of a rule that the store does not know. */
    static final String UNKNOWN = "unknown";

    private static final int VERSIONS_KEPT = 8;

    /** Ids of refused publishes are anybody's to choose. */
    private static final int REFUSALS_KEPT = 10_000;

    private final Map<PolicyId, NavigableMap<Long, PolicyVersion>> policies = new HashMap<>();
    private final Map<PolicyId, Long> refused = new LinkedHashMap<>();
    private long desiredRevision;

    void stored(StoredPolicy stored) {
        NavigableMap<Long, PolicyVersion> versions =
                policies.computeIfAbsent(stored.policyId(), ignored -> new TreeMap<>());
        versions.put(stored.version(), PolicyVersion.of(stored));
        if (versions.size() > VERSIONS_KEPT) {
            versions.pollFirstEntry();
        }
    }

    /**
     * A publish was refused.
     *
     * @param publish its sequence
     */
    void refused(PolicyId policy, long publish) {
        refused.merge(policy, publish, Math::max);
        if (refused.size() > REFUSALS_KEPT) {
            refused.remove(refused.keySet().iterator().next());
        }
    }

    /** The highest revision that is desired of a host; 0 while it is not known. */
    void desired(long revision) {
        desiredRevision = revision;
    }

    /**
     * When a version was stored.
     *
     * @param version null for the deletion of the policy
     * @return empty when it is not known (yet)
     */
    Optional<Instant> storedAt(PolicyId policy, Long version) {
        NavigableMap<Long, PolicyVersion> versions = policies.get(policy);
        if (versions == null) {
            return Optional.empty();
        }
        PolicyVersion wanted = version == null ? versions.lastEntry().getValue() : versions.get(version);
        return Optional.ofNullable(wanted)
                .filter(found -> version != null || found.state() == PolicyVersion.State.DELETED)
                .map(PolicyVersion::storedAt);
    }

    /**
     * Whether a rollout says when a version reaches a host: it is staged, or hosts come back to it from one that is.
     *
     * @param version null for the deletion of the policy
     */
    boolean isOfARollout(PolicyId policy, Long version) {
        NavigableMap<Long, PolicyVersion> versions = policies.get(policy);
        return version != null
                && versions != null
                && versions.tailMap(version, true).values().stream().anyMatch(PolicyVersion::isStaged);
    }

    /** What becomes of a packet that this rule decides: a verdict, or {@link #UNKNOWN}. */
    String verdict(RuleKey rule) {
        NavigableMap<Long, PolicyVersion> versions = policies.get(rule.policy());
        PolicyVersion version = versions == null ? null : versions.get(rule.version());
        return version == null ? UNKNOWN : version.verdicts().getOrDefault(rule.rule(), UNKNOWN);
    }

    /** Every rule of the policies in use that can decide, with its verdict. */
    void eachRule(BiConsumer<RuleKey, String> rule) {
        policies.forEach((policy, versions) -> {
            PolicyVersion latest = versions.lastEntry().getValue();
            if (latest.state() == PolicyVersion.State.ENFORCED || latest.state() == PolicyVersion.State.AUDIT) {
                latest.verdicts()
                        .forEach((id, verdict) ->
                                rule.accept(new RuleKey(new RuleKey.Name(policy, id), latest.version()), verdict));
            }
        });
    }

    List<Family> families(Instant now) {
        Family.Builder info = Family.gauge(
                "segmentation_policy_info",
                "1 for the stored version of each policy that is not deleted.",
                "policy",
                "version",
                "type",
                "mode");
        Map<PolicyVersion.State, Integer> states = new EnumMap<>(PolicyVersion.State.class);
        policies.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().value()))
                .forEach(entry -> {
                    PolicyVersion latest = entry.getValue().lastEntry().getValue();
                    if (latest.state() != PolicyVersion.State.DELETED) {
                        states.merge(latest.state(now), 1, Integer::sum);
                        info.add(
                                1,
                                entry.getKey().value(),
                                Long.toString(latest.version()),
                                latest.type(),
                                latest.mode().wireName());
                    }
                });
        states.merge(PolicyVersion.State.INVALID, refusedSince(), Integer::sum);
        Family.Builder revision = Family.gauge(
                "segmentation_desired_policy_revision",
                "The highest revision that policy-service desires of a host, as it last answered.");
        if (desiredRevision > 0) {
            revision.add(desiredRevision);
        }
        return List.of(info.build(), states(states), revision.build());
    }

    /** Policies whose last publish was refused. */
    private int refusedSince() {
        refused.entrySet().removeIf(entry -> {
            NavigableMap<Long, PolicyVersion> versions = policies.get(entry.getKey());
            return versions != null && versions.lastEntry().getValue().published() > entry.getValue();
        });
        return refused.size();
    }

    private static Family states(Map<PolicyVersion.State, Integer> counts) {
        Family.Builder family = Family.gauge(
                "segmentation_policies",
                "Policies by what becomes of them; invalid are those whose last publish was refused. What was accepted"
                        + " before a refusal still counts.",
                "state");
        for (PolicyVersion.State state : PolicyVersion.State.values()) {
            if (state != PolicyVersion.State.DELETED) {
                family.add(counts.getOrDefault(state, 0), state.name().toLowerCase(Locale.ROOT));
            }
        }
        return family.build();
    }
}
