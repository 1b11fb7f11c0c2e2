package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** When a table means something else than now, without anybody saying so. */
public final class Expiry {
    private Expiry() {}

    /** The first instant after {@code now} at which a rule of the table expires. */
    public static Optional<Instant> next(RuleTable table, Instant now) {
        return table.rules().stream()
                .map(TableRule::expiresAt)
                .filter(Objects::nonNull)
                .filter(instant -> instant.isAfter(now))
                .min(Instant::compareTo);
    }
}
