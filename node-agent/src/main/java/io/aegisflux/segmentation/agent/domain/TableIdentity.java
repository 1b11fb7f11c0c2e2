package io.aegisflux.segmentation.agent.domain;

/**
 * Which desired state a table came from.
 *
 * @param epoch of the desired state
 * @param revision of the desired state
 * @param tableDigest SHA-256 of the table's JSON, lower-case hex
 */
public record TableIdentity(long epoch, long revision, String tableDigest) {
    /** Whether this may replace {@code other}: a higher epoch, or the same epoch with a higher revision. */
    public boolean isNewerThan(TableIdentity other) {
        return epoch != other.epoch ? epoch > other.epoch : revision > other.revision;
    }
}
