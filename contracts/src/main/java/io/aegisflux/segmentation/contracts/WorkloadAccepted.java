package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.util.Set;

/**
 * The reply to a publish of a workload that was accepted, when it asked for one.
 *
 * @param action registered or removed
 */
public record WorkloadAccepted(WorkloadId id, String action) {
    public static final String REGISTERED = "registered";
    public static final String REMOVED = "removed";

    private static final Set<String> ACTIONS = Set.of(REGISTERED, REMOVED);

    public WorkloadAccepted {
        requireNonNull(id, "id is missing");
        requireNonNull(action, "action is missing");
        Figures.requireWord(action, ACTIONS, "action");
    }
}
