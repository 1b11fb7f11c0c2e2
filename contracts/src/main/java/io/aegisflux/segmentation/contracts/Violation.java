package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

/**
 * One thing that is wrong with a document.
 *
 * @param path JSON pointer (RFC 6901) to the member
 * @param reason what is wrong, with the value
 * @param hint what to write instead
 */
public record Violation(String path, String reason, String hint) {
    public Violation {
        requireNonNull(path, "path is missing");
        requireNonNull(reason, "reason is missing");
        requireNonNull(hint, "hint is missing");
    }
}
