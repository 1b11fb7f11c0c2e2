package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The latest artifact of each architecture. Immutable.
 *
 * @param sequence of the last message of the builds' results that was read
 */
public record ArtifactBook(Map<String, ArtifactManifest> latest, long sequence) {
    public static final ArtifactBook EMPTY = new ArtifactBook(Map.of(), 0);

    /** The program set and variant that hosts run. */
    public static final String PROGRAM_SET = "datapath";

    public static final String VARIANT = "default";

    public ArtifactBook {
        latest = Map.copyOf(latest);
    }

    /** Having read so far, whatever that message said. */
    public ArtifactBook readTo(long messageSequence) {
        return new ArtifactBook(latest, Math.max(sequence, messageSequence));
    }

    /** With this one, unless it is of another program set or older than what is known. */
    public ArtifactBook with(ArtifactManifest manifest, long messageSequence) {
        String architecture = manifest.spec().architecture();
        ArtifactManifest known = latest.get(architecture);
        if (!PROGRAM_SET.equals(manifest.spec().programSet())
                || !VARIANT.equals(manifest.spec().variant())
                || (known != null && known.builtAt().isAfter(manifest.builtAt()))) {
            return readTo(messageSequence);
        }
        Map<String, ArtifactManifest> next = new HashMap<>(latest);
        next.put(architecture, manifest);
        return new ArtifactBook(next, sequence).readTo(messageSequence);
    }

    /** The digest of the artifact for an architecture; empty while none was built. */
    public Optional<String> digest(String architecture) {
        return Optional.ofNullable(latest.get(architecture))
                .map(manifest -> manifest.artifact().name());
    }
}
