package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What happened in a host's agent or in a service, on {@code segmentation.system.<host or service>}.
 *
 * @param hostId the host, or the service's name
 * @param eventType one of the constants of this class
 * @param level debug, info, warn or error
 * @param metadata whatever belongs to the type: a {@link CapabilityReport} under {@code report}, violations, figures
 */
public record SystemEvent(
        String hostId,
        String eventType,
        String component,
        String message,
        String level,
        Instant timestamp,
        Map<String, Object> metadata) {

    public static final String HEARTBEAT = "heartbeat";
    public static final String CAPABILITY_REPORT = "capability_report";
    public static final String PROGRAM_LOADED = "program_loaded";
    public static final String PROGRAM_UNLOADED = "program_unloaded";
    public static final String HOOKS_CHANGED = "hooks_changed";
    public static final String MAP_UPDATED = "map_updated";
    public static final String POLICY_REJECTED = "policy_rejected";
    public static final String WORKLOAD_REJECTED = "workload_rejected";
    public static final String DESIRED_STATE_REJECTED = "desired_state_rejected";
    public static final String ARTIFACT_REJECTED = "artifact_rejected";
    public static final String TABLE_REJECTED = "table_rejected";
    public static final String TABLE_ROLLED_BACK = "table_rolled_back";
    public static final String ROLLOUT_STARTED = "rollout_started";
    public static final String ROLLOUT_PAUSED = "rollout_paused";
    public static final String ROLLOUT_RESUMED = "rollout_resumed";
    public static final String ROLLOUT_PROMOTED = "rollout_promoted";
    public static final String ROLLOUT_ABORTED = "rollout_aborted";
    public static final String ROLLOUT_SUPERSEDED = "rollout_superseded";
    public static final String MESSAGE_REJECTED = "message_rejected";
    public static final String ERROR = "error";

    private static final Set<String> LEVELS = Set.of("debug", "info", "warn", "error");

    /** A host's id, or a service's name. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    public SystemEvent {
        requireNonNull(hostId, "host_id is missing");
        requireNonNull(eventType, "event_type is missing");
        requireNonNull(component, "component is missing");
        requireNonNull(message, "message is missing");
        requireNonNull(level, "level is missing");
        requireNonNull(timestamp, "timestamp is missing");
        if (!NAME.matcher(hostId).matches()) {
            throw new IllegalArgumentException(
                    "host_id %s is not of the form %s".formatted(Quoted.shortened(hostId), NAME.pattern()));
        }
        Figures.requireWord(level, LEVELS, "level");
        metadata = Frozen.map(metadata);
    }
}
