package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * What a host must enforce: the payload of the {@link SignedEnvelope} on {@code segmentation.desired.<host>}.
 *
 * @param hostId the only host that may apply it
 * @param epoch raised when the policy store was restored from a backup
 * @param revision rises with every change within an epoch
 * @param table the rule table, or null when it is large and stands in an object
 * @param tableObject the object in {@link Streams#RULE_TABLES_BUCKET} that holds the table as JSON, or null
 * @param tableDigest SHA-256 of the table's JSON bytes as in the object, or as {@link Wire#write} writes the inline one
 * @param artifact the digest of the artifact the host should run (an object of {@link Streams#ARTIFACTS_BUCKET}), or
 *     null while none was built
 * @param createdAt when the policy-service computed it
 */
public record DesiredState(
        HostId hostId,
        long epoch,
        long revision,
        RuleTable table,
        ObjectRef tableObject,
        String tableDigest,
        String artifact,
        Instant createdAt) {

    public DesiredState {
        requireNonNull(hostId, "host_id is missing");
        requireNonNull(createdAt, "created_at is missing");
        Digests.requireHex(tableDigest, "table_digest");
        if (artifact != null) {
            Digests.requireHex(artifact, "artifact");
        }
        if (epoch < 1 || revision < 1) {
            throw new IllegalArgumentException(
                    "epoch and revision count from 1, not %d and %d".formatted(epoch, revision));
        }
        if ((table == null) == (tableObject == null)) {
            throw new IllegalArgumentException("either table or table_object is given");
        }
    }
}
