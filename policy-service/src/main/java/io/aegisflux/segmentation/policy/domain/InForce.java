package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Which version of each policy is in force on which host, as the rollouts stand. Immutable. */
final class InForce {
    private final List<Choice> choices;
    private final List<VersionedPolicy> elsewhere;
    private final boolean isStaged;

    /**
     * A policy with two versions.
     *
     * @param onCanaries null for none
     * @param elsewhere null for none
     */
    private record Choice(
            PolicyId policy, VersionedPolicy onCanaries, VersionedPolicy elsewhere, Set<HostId> canaries) {
        VersionedPolicy on(HostId host) {
            return canaries.contains(host) ? onCanaries : elsewhere;
        }
    }

    private InForce(List<Choice> choices) {
        this.choices = List.copyOf(choices);
        this.elsewhere =
                choices.stream().map(Choice::elsewhere).filter(Objects::nonNull).toList();
        this.isStaged = choices.stream().anyMatch(choice -> !choice.canaries().isEmpty());
    }

    static InForce of(World world) {
        List<Choice> choices = new ArrayList<>();
        for (PolicyBook.Entry entry : world.policies().sorted()) {
            RolloutState state = world.rollouts().stateOf(entry.stored());
            boolean everywhere = state == RolloutState.PROMOTED;
            choices.add(new Choice(
                    entry.stored().policyId(),
                    versioned(entry),
                    versioned(everywhere ? entry : entry.base()),
                    state.isOpen() ? CanaryHosts.of(entry, world.hosts()) : Set.of()));
        }
        return new InForce(choices);
    }

    /** What is to be lowered for a host, by policy id. */
    List<VersionedPolicy> on(HostId host) {
        return isStaged
                ? choices.stream()
                        .map(choice -> choice.on(host))
                        .filter(Objects::nonNull)
                        .toList()
                : elsewhere;
    }

    /** The version of a policy on a host, whether or not it is for this host. */
    Optional<VersionedPolicy> on(HostId host, PolicyId policy) {
        return choices.stream()
                .filter(choice -> choice.policy().equals(policy))
                .findFirst()
                .map(choice -> choice.on(host));
    }

    private static VersionedPolicy versioned(PolicyBook.Entry entry) {
        return entry == null || entry.policy() == null
                ? null
                : new VersionedPolicy(
                        entry.policy(), entry.stored().version(), entry.stored().digest());
    }
}
