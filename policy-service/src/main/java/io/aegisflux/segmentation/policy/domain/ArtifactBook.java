package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The latest artifact of each architecture. Immutable. */
public record ArtifactBook(Map<String, ArtifactManifest> latest) {
    public static final ArtifactBook EMPTY = new ArtifactBook(Map.of());

    /** The program set and variant that hosts run. */
    public static final String PROGRAM_SET = "datapath";

    public static final String VARIANT = "default";

    public ArtifactBook {
        latest = Map.copyOf(latest);
    }

    /** With this one, unless it is of another program set or older than what is known. */
    public ArtifactBook with(ArtifactManifest manifest) {
        String architecture = manifest.spec().architecture();
        ArtifactManifest known = latest.get(architecture);
        if (!PROGRAM_SET.equals(manifest.spec().programSet())
                || !VARIANT.equals(manifest.spec().variant())
                || (known != null && builtAt(known).isAfter(builtAt(manifest)))) {
            return this;
        }
        Map<String, ArtifactManifest> next = new HashMap<>(latest);
        next.put(architecture, manifest);
        return new ArtifactBook(next);
    }

    /** The digest of the artifact for an architecture; empty while none was built. */
    public Optional<String> digest(String architecture) {
        return Optional.ofNullable(latest.get(architecture))
                .map(manifest -> manifest.artifact().name());
    }

    private static Instant builtAt(ArtifactManifest manifest) {
        return manifest.builtAt() == null ? Instant.EPOCH : manifest.builtAt();
    }
}
