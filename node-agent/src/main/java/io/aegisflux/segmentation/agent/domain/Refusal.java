package io.aegisflux.segmentation.agent.domain;

import static java.util.Objects.requireNonNull;

/**
 * Something was not applied; what was enforced before still is.
 *
 * @param message what exactly, with the value
 * @param detail the verifier's log or the tool's own words, empty when there are none
 */
public record Refusal(RefusalCode code, String message, String detail) {
    public Refusal {
        requireNonNull(code, "code is null");
        requireNonNull(message, "message is null");
        requireNonNull(detail, "detail is null");
    }

    public Refusal(RefusalCode code, String message) {
        this(code, message, "");
    }
}
