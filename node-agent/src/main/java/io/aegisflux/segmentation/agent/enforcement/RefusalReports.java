package io.aegisflux.segmentation.agent.enforcement;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.Refusal;
import io.aegisflux.segmentation.agent.domain.Reports;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Reports refusals. The bad message stays where it is and is read again at every poll, so an equal refusal of the same
 * thing is said again only after a while. For one thread.
 */
public final class RefusalReports {
    private static final Duration SILENCE = Duration.ofMinutes(10);
    private static final int MAX_DETAIL = 16 * 1024;

    private final Reports reports;
    private final Standing standing;
    private final InstantSource clock;
    private Said last;

    public RefusalReports(Reports reports, Standing standing, InstantSource clock) {
        this.reports = requireNonNull(reports, "reports is null");
        this.standing = requireNonNull(standing, "standing is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * @param thing what was refused: the digest of a message, of an artifact
     * @param figures shown beside the reason
     * @return whether it was reported, not only repeated
     */
    boolean report(Refusal refusal, String thing, Map<String, Object> figures) {
        Instant now = clock.instant();
        standing.refused(refusal, now);
        Said said = new Said(refusal, thing, now);
        if (last != null && last.sameAs(said) && now.isBefore(last.at.plus(SILENCE))) {
            return false;
        }
        last = said;
        Map<String, Object> metadata = new HashMap<>(figures);
        metadata.put("reason", refusal.code().name());
        if (!refusal.detail().isEmpty()) {
            String detail = refusal.detail();
            metadata.put("detail", detail.substring(Math.max(0, detail.length() - MAX_DETAIL)));
        }
        reports.system(refusal.code().eventType(), "enforcement", refusal.message(), "error", metadata);
        return true;
    }

    private record Said(Refusal refusal, String thing, Instant at) {
        boolean sameAs(Said other) {
            return refusal.equals(other.refusal) && thing.equals(other.thing);
        }
    }
}
