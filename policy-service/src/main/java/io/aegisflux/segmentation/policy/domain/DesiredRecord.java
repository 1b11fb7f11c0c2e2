package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import java.util.Objects;

/**
 * What was last told to a host.
 *
 * @param artifact null while none was built
 * @param storeSequence of the policy store it was computed from
 * @param streamSequence of the message; 0 when the host was told nothing yet
 */
public record DesiredRecord(
        long epoch, long revision, String tableDigest, String artifact, long storeSequence, long streamSequence) {
    /** Before the first. */
    public static final DesiredRecord NONE = new DesiredRecord(0, 0, "", null, 0, 0);

    public DesiredRecord {
        requireNonNull(tableDigest, "tableDigest is null");
    }

    /** Whether this says the same already. */
    public boolean says(String table, String object) {
        return tableDigest.equals(table) && Objects.equals(artifact, object);
    }
}
