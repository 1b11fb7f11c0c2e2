package io.aegisflux.segmentation.engine.lowering;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.HostId;
import java.util.Map;

/**
 * What lowering must know of a host.
 *
 * @param labels the host's own
 * @param posture ALLOW or DENY: what happens to a packet that no policy decides
 */
public record HostView(HostId id, Map<String, String> labels, Action posture) {
    public HostView {
        requireNonNull(id, "id is null");
        labels = Map.copyOf(labels);
        if (posture != Action.ALLOW && posture != Action.DENY) {
            throw new IllegalArgumentException("a posture is allow or deny, not " + posture);
        }
    }
}
