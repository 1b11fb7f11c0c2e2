package io.aegisflux.segmentation.cli.kubernetes;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Something that was not taken over as it stands.
 *
 * @param path into the manifest, a JSON pointer
 * @param reason why, in one sentence
 * @param effect how what was written differs from what Kubernetes does
 */
public record Note(String path, String reason, Effect effect) {
    /** How the import differs from Kubernetes. */
    public enum Effect {
        /** It decides the same. */
        NONE,
        /** It may deny what Kubernetes allows. */
        ALLOWS_LESS,
        /** It may let pass what Kubernetes denies. */
        DENIES_LESS;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Note {
        requireNonNull(path, "path is null");
        requireNonNull(reason, "reason is null");
        requireNonNull(effect, "effect is null");
    }

    /** Whether something is missing. */
    boolean isLoss() {
        return effect != Effect.NONE;
    }
}
