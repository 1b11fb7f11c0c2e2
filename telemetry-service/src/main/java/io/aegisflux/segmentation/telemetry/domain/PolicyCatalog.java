package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** The policies as the store tells of them, each with its last versions, and the publishes that were refused since. */
final class PolicyCatalog {
    /** The verdict of a rule that the store does not know. */
    static final String UNKNOWN = "unknown";

    private static final int VERSIONS_KEPT = 8;

    /** Ids of refused publishes are anybody's to choose. */
    private static final int REFUSALS_KEPT = 10_000;

    private final Map<PolicyId, NavigableMap<Long, PolicyVersion>> policies = new HashMap<>();
    private final Map<PolicyId, Long> refused = new LinkedHashMap<>();
    private final Map<PolicyId, RolloutStatus> rollouts = new HashMap<>();

    /**
     * A version that holds somewhere.
     *
     * @param onCanariesAlone whether a rollout keeps it to its canary hosts
     */
    record InForce(PolicyId policy, PolicyVersion version, boolean onCanariesAlone) {}

    void stored(StoredPolicy stored) {
        NavigableMap<Long, PolicyVersion> versions =
                policies.computeIfAbsent(stored.policyId(), ignored -> new TreeMap<>());
        versions.put(stored.version(), PolicyVersion.of(stored));
        long base = baseOf(versions.lastEntry().getValue());
        if (versions.size() > VERSIONS_KEPT) {
            versions.keySet().stream()
                    .filter(version -> version != base)
                    .findFirst()
                    .ifPresent(versions::remove);
        }
    }

    /** How the rollouts of the policies' latest versions stand, as policy-service tells it; all of them. */
    void rollouts(List<RolloutStatus> told) {
        rollouts.clear();
        told.forEach(status -> rollouts.put(status.policyId(), status));
    }

    List<RolloutStatus> rollouts() {
        return rollouts.values().stream()
                .sorted(Comparator.comparing(status -> status.policyId().value()))
                .toList();
    }

    /** Versions below staged ones that nobody told of: the store is read from the last version of each policy on. */
    List<MissingVersion> missing() {
        List<MissingVersion> missing = new ArrayList<>();
        policies.forEach((policy, versions) -> {
            long base = baseOf(versions.lastEntry().getValue());
            if (base > 0 && !versions.containsKey(base)) {
                missing.add(new MissingVersion(policy, base));
            }
        });
        return missing;
    }

    private static long baseOf(PolicyVersion version) {
        return version.isStaged() ? version.canary().baseVersion() : 0;
    }

    /**
     * Which versions of a policy hold; none for one that is deleted, and while it is not known what became of a rollout.
     * The one that all hosts have, or all but the canaries, comes first.
     */
    private List<InForce> inForce(PolicyId policy, NavigableMap<Long, PolicyVersion> versions) {
        PolicyVersion latest = versions.lastEntry().getValue();
        Optional<RolloutState> rollout = rolloutOf(policy, latest);
        if (rollout.isEmpty()) {
            return List.of();
        }
        List<InForce> inForce = new ArrayList<>();
        PolicyVersion everywhere = rollout.get() == RolloutState.PROMOTED ? latest : versions.get(baseOf(latest));
        if (everywhere != null && everywhere.state() != PolicyVersion.State.DELETED) {
            inForce.add(new InForce(policy, everywhere, false));
        }
        if (rollout.get().isOpen()) {
            inForce.add(new InForce(policy, latest, true));
        }
        return inForce;
    }

    /** A version that is not staged counts as promoted: all hosts have it. */
    private Optional<RolloutState> rolloutOf(PolicyId policy, PolicyVersion latest) {
        return latest.isStaged()
                ? Optional.ofNullable(rollouts.get(policy))
                        .filter(status -> status.version() == latest.version())
                        .map(RolloutStatus::state)
                : Optional.of(RolloutState.PROMOTED);
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

    /** Every rule of the versions in force that can decide, with its verdict. */
    void eachRule(BiConsumer<RuleKey, String> rule) {
        inForce()
                .filter(each -> each.version().isInUse())
                .forEach(each -> each.version()
                        .verdicts()
                        .forEach((id, verdict) -> rule.accept(
                                new RuleKey(
                                        new RuleKey.Name(each.policy(), id),
                                        each.version().version()),
                                verdict)));
    }

    /** Every version that holds somewhere, by policy. */
    Stream<InForce> inForce() {
        return policies.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().value()))
                .flatMap(entry -> inForce(entry.getKey(), entry.getValue()).stream());
    }

    /** How many policies are in which state: that of the version which most hosts have. */
    Map<PolicyVersion.State, Integer> states(Instant now) {
        Map<PolicyVersion.State, Integer> states = new EnumMap<>(PolicyVersion.State.class);
        policies.forEach((policy, versions) -> {
            PolicyVersion latest = versions.lastEntry().getValue();
            if (latest.state() != PolicyVersion.State.DELETED
                    && rolloutOf(policy, latest).isPresent()) {
                PolicyVersion.State state = inForce(policy, versions).stream()
                        .findFirst()
                        .map(first -> first.version().state(now))
                        .orElse(PolicyVersion.State.DISABLED); // the rollout of its first version was aborted
                states.merge(state, 1, Integer::sum);
            }
        });
        states.merge(PolicyVersion.State.INVALID, refusedSince(), Integer::sum);
        return states;
    }

    /** Policies whose last publish was refused. */
    private int refusedSince() {
        refused.entrySet().removeIf(entry -> {
            NavigableMap<Long, PolicyVersion> versions = policies.get(entry.getKey());
            return versions != null && versions.lastEntry().getValue().published() > entry.getValue();
        });
        return refused.size();
    }
}
