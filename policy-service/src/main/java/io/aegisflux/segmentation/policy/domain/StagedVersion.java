package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Rollout;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.language.DefaultAction;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A policy whose latest version is staged, in a world, with what hosts say of it. */
public final class StagedVersion {
    private final World world;
    private final PolicyBook.Entry entry;
    private final Set<HostId> canaries;
    private final DesiredBook told;
    private final HostSigns signs;

    private StagedVersion(World world, PolicyBook.Entry entry, DesiredBook told, HostSigns signs) {
        this.world = world;
        this.entry = entry;
        this.canaries = CanaryHosts.of(entry, world.hosts());
        this.told = told;
        this.signs = signs;
    }

    /** The policies of a world whose latest version is staged, by id. */
    public static List<StagedVersion> all(World world, DesiredBook told, HostSigns signs) {
        return world.policies().sorted().stream()
                .filter(entry -> entry.stored().canary() != null)
                .map(entry -> new StagedVersion(world, entry, told, signs))
                .toList();
    }

    /** Of one policy; empty when its latest version is not staged. */
    public static Optional<StagedVersion> of(PolicyId policy, World world, DesiredBook told, HostSigns signs) {
        return Optional.ofNullable(world.policies().entries().get(policy))
                .filter(entry -> entry.stored().canary() != null)
                .map(entry -> new StagedVersion(world, entry, told, signs));
    }

    public StoredPolicy stored() {
        return entry.stored();
    }

    public RolloutState state() {
        return world.rollouts().stateOf(entry.stored());
    }

    /** The last word about it; empty while it runs undisturbed. */
    public Optional<Rollout> word() {
        return world.rollouts().of(entry.stored().policyId(), entry.stored().version());
    }

    /** What is to be watched of it. */
    public HostSigns.Watched watched() {
        return new HostSigns.Watched(
                entry.stored().version(), PolicyBook.baseOf(entry.stored()), denying(entry.policy()));
    }

    /** What is to become of it now; {@code since} as in {@link Judgement#of}. */
    public Judgement judge(Instant since, Instant now) {
        return Judgement.of(
                entry.stored().canary(),
                state(),
                canaries.stream()
                        .sorted(Comparator.comparing(HostId::value))
                        .map(this::signs)
                        .toList(),
                since,
                now);
    }

    /**
     * How it stands.
     *
     * @param isDetailed with its hosts
     */
    public RolloutStatus status(boolean isDetailed, Instant since, Instant now) {
        List<CapabilityReport> concerned = CanaryHosts.concerned(entry, world.hosts());
        StoredPolicy stored = entry.stored();
        Optional<Rollout> word = word();
        return new RolloutStatus(
                stored.policyId(),
                stored.version(),
                PolicyBook.baseOf(stored),
                state(),
                word.map(Rollout::reason).orElse(null),
                word.map(Rollout::since).orElse(stored.storedAt()),
                word.map(Rollout::by).orElse(null),
                word.map(Rollout::author).orElse(null),
                stored.canary(),
                stored.storedAt(),
                concerned.size(),
                canaries.size(),
                canaries.stream()
                        .filter(host -> signs(host).acknowledgedAt() != null)
                        .count(),
                isDetailed ? hosts(concerned, since, now) : List.of());
    }

    private List<RolloutStatus.Host> hosts(List<CapabilityReport> concerned, Instant since, Instant now) {
        InForce inForce = InForce.of(world);
        return concerned.stream()
                .sorted(Comparator.comparing((CapabilityReport it) -> !canaries.contains(it.hostId()))
                        .thenComparing(it -> it.hostId().value()))
                .limit(RolloutStatus.MOST_HOSTS)
                .map(host -> row(host, inForce, since, now))
                .toList();
    }

    private RolloutStatus.Host row(CapabilityReport report, InForce inForce, Instant since, Instant now) {
        HostId host = report.hostId();
        PolicyId policy = entry.stored().policyId();
        Long desired = inForce.on(host, policy)
                .filter(it -> it.policy().appliesTo().includes(host, report.labels()))
                .map(VersionedPolicy::version)
                .orElse(null);
        boolean isCanary = canaries.contains(host);
        CanarySigns of = signs(host);
        CanarySigns.Health health =
                isCanary && state().isOpen() && signs.watched().containsKey(policy)
                        ? of.health(entry.stored().canary(), since, now)
                        : new CanarySigns.Health(null, null);
        return new RolloutStatus.Host(
                host,
                isCanary,
                desired,
                loaded(host, desired),
                of.acknowledgedAt(),
                of.drops(),
                health.word(),
                health.note());
    }

    /** By the revision in its counters where that is what it was told of this, else by the last change it told of. */
    private Long loaded(HostId host, Long desired) {
        DesiredRecord last = told.of(host);
        boolean isInStep = isToldWhatHolds(host, last.position())
                && signs.loaded(host)
                        .filter(it -> it.epoch() == last.epoch() && it.revision() == last.revision())
                        .isPresent();
        return isInStep
                ? desired
                : signs.version(host, entry.stored().policyId())
                        .filter(version -> version > 0)
                        .orElse(null);
    }

    /** Whether a host was told since it had to be told something else. */
    private boolean isToldWhatHolds(HostId host, Position position) {
        boolean hasIt = state().isOpen() || state() == RolloutState.PROMOTED;
        if (canaries.contains(host) && hasIt) {
            return position.policies() >= entry.sequence();
        }
        return state().isOpen()
                || position.rollouts()
                        >= world.rollouts()
                                .sequenceOf(
                                        entry.stored().policyId(),
                                        entry.stored().version());
    }

    private CanarySigns signs(HostId host) {
        DesiredRecord last = told.of(host);
        boolean isToldOfIt = state().isOpen() && last.position().policies() >= entry.sequence();
        return signs.canary(host, entry.stored().policyId(), last, isToldOfIt);
    }

    /** Rules that only report what they would have denied drop nothing; of a limited rate some packets pass. */
    private static Set<String> denying(Policy policy) {
        Set<String> denying = new HashSet<>();
        if (policy == null) {
            return denying;
        }
        policy.rules().stream()
                .filter(rule -> rule.action() == Action.DENY && rule.mode() != Mode.AUDIT)
                .forEach(rule -> denying.add(rule.id()));
        if (policy.defaultRule().action() == DefaultAction.DENY
                && policy.defaultRule().mode() != Mode.AUDIT) {
            denying.add(TableRule.DEFAULT_RULE_ID);
        }
        return denying;
    }
}
