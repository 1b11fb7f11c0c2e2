package io.aegisflux.segmentation.contracts;

import java.util.List;

/** Every policy whose latest version is staged, by id: the rollouts that are open, and the last outcomes. */
public record RolloutList(List<RolloutStatus> rollouts) {
    public RolloutList {
        rollouts = Frozen.list(rollouts, "rollouts");
    }
}
