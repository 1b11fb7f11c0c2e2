package io.aegisflux.segmentation.agent.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.DesiredState;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The highest desired state that was ever accepted here. Revisions only rise, so that nobody who keeps an old envelope
 * can play it back.
 *
 * @param artifact the digest that was desired, or null when none was or when it is not known any more
 */
public record HighWaterMark(long epoch, long revision, String tableDigest, String artifact) {
    private static final Comparator<HighWaterMark> BY_AGE =
            Comparator.comparingLong(HighWaterMark::epoch).thenComparingLong(HighWaterMark::revision);

    public HighWaterMark {
        requireNonNull(tableDigest, "table_digest is missing");
    }

    public static HighWaterMark of(DesiredState state) {
        return new HighWaterMark(state.epoch(), state.revision(), state.tableDigest(), state.artifact());
    }

    public static HighWaterMark of(TableIdentity identity) {
        return new HighWaterMark(identity.epoch(), identity.revision(), identity.tableDigest(), null);
    }

    /** The higher of the one on disk and the one in the kernel; at equal height the one on disk, which knows more. */
    public static Optional<HighWaterMark> highest(Optional<HighWaterMark> onDisk, Optional<TableIdentity> inKernel) {
        return Stream.concat(inKernel.map(HighWaterMark::of).stream(), onDisk.stream())
                .reduce((first, second) -> BY_AGE.compare(second, first) >= 0 ? second : first);
    }

    /** Whether {@code other} is older: of a lower epoch, or of the same epoch and a lower revision. */
    public boolean isAbove(HighWaterMark other) {
        return BY_AGE.compare(this, other) > 0;
    }

    /** Whether both speak of the same table and, where both know one, the same artifact. */
    public boolean hasSameContentAs(HighWaterMark other) {
        return tableDigest.equals(other.tableDigest)
                && (artifact == null || other.artifact == null || Objects.equals(artifact, other.artifact));
    }
}
