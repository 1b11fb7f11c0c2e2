package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.PolicyUpdate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * How long policies take from the store into hosts. Only what a host applies because it was published counts: not what
 * a host that is new finds, nor what it applies long afterwards for another reason, a label or an hour without network, nor
 * what a rollout holds back or takes back.
 */
final class Propagation {
    /** Longer than this was not a publish on its way. */
    static final Duration LONGEST = Duration.ofMinutes(5);

    /** How far a host's clock may be behind policy-service's. */
    private static final Duration SKEW = Duration.ofSeconds(1);

    private static final int WAITING = 1_000;

    private final PolicyCatalog policies;
    private final Deque<Applied> waiting = new ArrayDeque<>();

    private record Applied(PolicyUpdate update, Instant hostHeard) {}

    Propagation(PolicyCatalog policies) {
        this.policies = policies;
    }

    /**
     * A host applied a version.
     *
     * @param hostHeard when the host was first heard of
     * @return how long it took, once the store has told when it began; at most one
     */
    List<Duration> applied(PolicyUpdate update, Instant hostHeard) {
        waiting.addLast(new Applied(update, hostHeard));
        if (waiting.size() > WAITING) {
            waiting.removeFirst();
        }
        return settle();
    }

    /** What can be told now of updates that came before the store's word of their version. */
    List<Duration> settle() {
        List<Duration> settled = new ArrayList<>();
        for (Iterator<Applied> each = waiting.iterator(); each.hasNext(); ) {
            Applied applied = each.next();
            Optional<Instant> storedAt = policies.storedAt(applied.update.policyId(), applied.update.version());
            if (storedAt.isPresent()) {
                each.remove();
                if (!policies.isOfARollout(applied.update.policyId(), applied.update.version())) {
                    took(storedAt.get(), applied).ifPresent(settled::add);
                }
            }
        }
        return settled;
    }

    private static Optional<Duration> took(Instant storedAt, Applied applied) {
        Duration took = Duration.between(storedAt, applied.update.timestamp());
        if (storedAt.isBefore(applied.hostHeard)
                || took.compareTo(LONGEST) > 0
                || took.plus(SKEW).isNegative()) {
            return Optional.empty();
        }
        return Optional.of(took.isNegative() ? Duration.ZERO : took);
    }
}
