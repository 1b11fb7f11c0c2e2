package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Canary;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import java.time.Duration;
import java.time.Instant;

/**
 * What is known of a canary host with regard to a staged version.
 *
 * @param acknowledgedAt when it said that it enforces the version, by the broker's clock; null when it has not
 * @param heardAt when it last said anything, by our clock; null when it has not
 * @param measuredAt when its last counters came, by the broker's clock; null when none did
 * @param drops packets that the version's rules dropped there
 * @param trouble why it did not take the version, or went back; null when it did
 */
public record CanarySigns(
        HostId host, Instant acknowledgedAt, Instant heardAt, Instant measuredAt, long drops, String trouble) {
    public CanarySigns {
        requireNonNull(host, "host is null");
    }

    /** Of a host that has said nothing. */
    static CanarySigns none(HostId host) {
        return new CanarySigns(host, null, null, null, 0, null);
    }

    /**
     * How it is.
     *
     * @param word one of the constants of {@link RolloutStatus.Host}
     * @param note what is wrong; null when nothing is
     */
    public record Health(String word, String note) {}

    /**
     * Judges. Deadlines run by our clock from when we began to listen: what was said while the broker or we were away comes
     * first. That the host has soaked is told by the broker's clock alone: by counters that came late enough.
     *
     * @param since when we began to listen, with the version known
     */
    public Health health(Canary canary, Instant since, Instant now) {
        String note = complaint(canary, since, now);
        if (note != null) {
            return new Health(RolloutStatus.Host.FAILING, note);
        }
        if (acknowledgedAt == null) {
            return new Health(RolloutStatus.Host.WAITING, null);
        }
        boolean hasSoaked =
                measuredAt != null && !measuredAt.isBefore(acknowledgedAt.plusSeconds(canary.soakSeconds()));
        return new Health(hasSoaked ? RolloutStatus.Host.HEALTHY : RolloutStatus.Host.SOAKING, null);
    }

    private String complaint(Canary canary, Instant since, Instant now) {
        if (trouble != null) {
            return trouble;
        }
        if (drops > canary.maxDrops()) {
            return "its rules dropped %d packets, at most %d are allowed".formatted(drops, canary.maxDrops());
        }
        if (acknowledgedAt == null && isOver(since, canary.ackSeconds(), now)) {
            return "has not acknowledged it within %d s".formatted(canary.ackSeconds());
        }
        Instant silentSince = heardAt == null || heardAt.isBefore(since) ? since : heardAt;
        if (isOver(silentSince, canary.silenceSeconds(), now)) {
            return "has said nothing for %d s".formatted(canary.silenceSeconds());
        }
        return null;
    }

    static boolean isOver(Instant since, long seconds, Instant now) {
        return now.isAfter(since.plus(Duration.ofSeconds(seconds)));
    }
}
