package io.aegisflux.segmentation.cli.bundle;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * What is in a bundle, and what is not: {@code manifest.json}, its last file.
 *
 * @param format of the bundle; another one when files change their places
 * @param segctl the version that made it
 * @param complete whether nothing is missing
 * @param files all but the manifest, in their order
 */
public record Manifest(
        int format,
        Instant createdAt,
        String segctl,
        boolean complete,
        Replaced redaction,
        List<File> files,
        List<Missing> missing) {
    /** The format of this version. */
    public static final int FORMAT = 1;

    public Manifest {
        requireNonNull(createdAt, "createdAt is null");
        requireNonNull(segctl, "segctl is null");
        requireNonNull(redaction, "redaction is null");
        files = List.copyOf(files);
        missing = List.copyOf(missing);
    }

    /** As of this format. */
    public static Manifest of(
            Instant createdAt, String segctl, Replaced redaction, List<File> files, List<Missing> missing) {
        return new Manifest(FORMAT, createdAt, segctl, missing.isEmpty(), redaction, files, missing);
    }

    /**
     * How much of it was replaced.
     *
     * @param applied false for a bundle that has everything as it is
     * @param addresses different addresses and networks
     * @param names different names, labels, words and texts
     */
    public record Replaced(boolean applied, long addresses, long names) {}

    /**
     * A file.
     *
     * @param path below the archive's one folder
     * @param bytes its size
     * @param sha256 of its content, in lower-case hex
     */
    public record File(String path, long bytes, String sha256) {
        public File {
            requireNonNull(path, "path is null");
            requireNonNull(sha256, "sha256 is null");
        }
    }

    /**
     * What could not be gathered.
     *
     * @param path of the file that it would have been, or is not whole
     */
    public record Missing(String path, String reason) {
        public Missing {
            requireNonNull(path, "path is null");
            requireNonNull(reason, "reason is null");
        }
    }
}
