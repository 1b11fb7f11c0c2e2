package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.util.Set;

/**
 * Wants a rollout to go another way.
 *
 * @param version whose rollout it is; null for the latest, whichever it is
 * @param action {@link #PAUSE}, {@link #RESUME}, {@link #PROMOTE} or {@link #ABORT}
 * @param reason for people; null for none
 * @param author who wants it, as they say; null when they do not
 */
public record RolloutChange(PolicyId policyId, Long version, String action, String reason, Author author) {
    public static final String PAUSE = "pause";
    public static final String RESUME = "resume";
    public static final String PROMOTE = "promote";
    public static final String ABORT = "abort";

    /** The longest reason, in characters. */
    public static final int LONGEST_REASON = 500;

    private static final Set<String> ACTIONS = Set.of(PAUSE, RESUME, PROMOTE, ABORT);

    public RolloutChange {
        requireNonNull(policyId, "policy_id is missing");
        requireNonNull(action, "action is missing");
        Figures.requireVersionOrNull(version);
        Figures.requireWord(action, ACTIONS, "action");
        if (reason != null && reason.length() > LONGEST_REASON) {
            throw new IllegalArgumentException(
                    "reason has %d characters, at most %d are taken".formatted(reason.length(), LONGEST_REASON));
        }
    }
}
