package io.aegisflux.segmentation.agent.domain;

import static io.aegisflux.segmentation.contracts.SystemEvent.ARTIFACT_REJECTED;
import static io.aegisflux.segmentation.contracts.SystemEvent.DESIRED_STATE_REJECTED;
import static io.aegisflux.segmentation.contracts.SystemEvent.TABLE_REJECTED;

/** Why something from the bus was not applied; stable codes, in the metadata of the system event. */
public enum RefusalCode {
    /** More bytes than are looked at. */
    OVERSIZE(DESIRED_STATE_REJECTED),
    /** Not the JSON that its subject promises. */
    MALFORMED(DESIRED_STATE_REJECTED),
    /** Another payload type, an unknown key or a wrong signature. */
    UNTRUSTED(DESIRED_STATE_REJECTED),
    /** Signed, but for another host. */
    FOREIGN_HOST(DESIRED_STATE_REJECTED),
    /** Epoch and revision are below what was accepted already: a replay. */
    STALE(DESIRED_STATE_REJECTED),
    /** Epoch and revision of what was accepted already, with other content: somebody signs two truths. */
    EQUIVOCATION(DESIRED_STATE_REJECTED),
    /** Accepting it could not be written down, so it was not applied. */
    NOT_PERSISTED(DESIRED_STATE_REJECTED),
    /** The table is missing, damaged, too large, or has not the digest that was signed. */
    TABLE_UNUSABLE(TABLE_REJECTED),
    /** The datapath does not take the table. */
    TABLE_NOT_INSTALLED(TABLE_REJECTED),
    /** The artifact or its manifest is missing, damaged, too large, wrongly signed or for another machine. */
    ARTIFACT_UNUSABLE(ARTIFACT_REJECTED),
    /** The kernel does not take the artifact. */
    ARTIFACT_NOT_LOADED(ARTIFACT_REJECTED);

    private final String eventType;

    RefusalCode(String eventType) {
        this.eventType = eventType;
    }

    /** The type of the system event that reports it. */
    public String eventType() {
        return eventType;
    }
}
