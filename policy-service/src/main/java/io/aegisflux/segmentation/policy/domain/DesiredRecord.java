package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import java.util.Objects;

/**
 * What was last told to a host, and where that stands in the stream.
 *
 * @param tableDigest empty when the subject holds nothing that we said
 * @param artifact null while none was built
 * @param position of who said it, in the streams it was computed from
 * @param streamSequence of the last message of the host's subject; 0 when there was none ever
 */
public record DesiredRecord(
        long epoch, long revision, String tableDigest, String artifact, Position position, long streamSequence) {
    /** Before the first. */
    public static final DesiredRecord NONE = new DesiredRecord(0, 0, "", null, Position.START, 0);

    public DesiredRecord {
        requireNonNull(tableDigest, "tableDigest is null");
        requireNonNull(position, "position is null");
    }

    /** Whether this says the same already. */
    public boolean says(String table, String object) {
        return tableDigest.equals(table) && Objects.equals(artifact, object);
    }

    /** Whether the subject holds something that is not our latest word. */
    public boolean isOverwritten() {
        return tableDigest.isEmpty() && streamSequence > 0;
    }

    /** Whether an agent that has accepted the other would take this for stale. */
    public boolean isBelow(DesiredRecord other) {
        return epoch < other.epoch || epoch == other.epoch && revision < other.revision;
    }

    /**
     * What is known once a message that is not our latest word has taken its place: nothing is said, and all that we ever
     * said has lower revisions. The stream keeps one message a host, so our word may be gone; but each revision was a
     * message before this one, so none can be higher than its sequence.
     */
    public DesiredRecord overwrittenAt(long sequence) {
        return new DesiredRecord(epoch, Math.max(revision, sequence), "", null, Position.START, sequence);
    }
}
