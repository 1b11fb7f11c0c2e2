package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.BuildSpec;
import java.util.Map;

/** What the agent tells the bus. Never waits: what cannot be sent now is kept, up to a bound. */
public interface Reports {
    /**
     * Something happened.
     *
     * @param type a constant of {@link io.aegisflux.segmentation.contracts.SystemEvent}
     * @param component which part of the agent speaks
     * @param level debug, info, warn or error
     */
    void system(String type, String component, String message, String level, Map<String, Object> metadata);

    /**
     * A policy came into force here, changed, went, or was refused or rolled back.
     *
     * @param revision of the desired state that says so
     * @param metadata {@code result} (applied, refused or rolled_back) and what belongs to it
     */
    void policy(PolicyChanges.Change change, long revision, Map<String, Object> metadata);

    /** An artifact is to be built again. */
    void requestBuild(BuildSpec spec);
}
