package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.Canary;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import java.time.Instant;
import java.util.Collection;

/** What is to become of an open rollout now. */
public sealed interface Judgement {
    /** Nothing yet. */
    record Wait() implements Judgement {}

    /** All canary hosts are well and have been for long enough. */
    record Promote(String reason) implements Judgement {}

    /** A condition does not hold. */
    record Abort(String reason) implements Judgement {}

    /**
     * Judges.
     *
     * @param hosts every canary host
     * @param since when we began to listen, with the version known
     */
    static Judgement of(Canary canary, RolloutState state, Collection<CanarySigns> hosts, Instant since, Instant now) {
        if (hosts.isEmpty()) {
            return CanarySigns.isOver(since, canary.ackSeconds(), now)
                    ? new Abort("none of the hosts that the policy is for is a canary")
                    : new Wait();
        }
        boolean allSoaked = true;
        for (CanarySigns host : hosts) {
            CanarySigns.Health health = host.health(canary, since, now);
            if (health.word().equals(RolloutStatus.Host.FAILING)) {
                return new Abort("%s: %s".formatted(host.host(), health.note()));
            }
            allSoaked &= health.word().equals(RolloutStatus.Host.HEALTHY);
        }
        boolean mayPromote = state == RolloutState.RUNNING && canary.promote().equals(Canary.AUTO);
        return allSoaked && mayPromote
                ? new Promote(
                        hosts.size() == 1
                                ? "its canary host was well for %d s".formatted(canary.soakSeconds())
                                : "all %d canary hosts were well for %d s"
                                        .formatted(hosts.size(), canary.soakSeconds()))
                : new Wait();
    }
}
