package io.aegisflux.segmentation.builder.objectstore;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.builder.domain.KnownBuild;
import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.ObjectRef;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.VerifiedObjects;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;

/** The bucket of artifacts: objects named by their digest, what is read back is what was put. */
public final class ArtifactStore {
    private final VerifiedObjects objects;

    public ArtifactStore(VerifiedObjects objects) {
        this.objects = requireNonNull(objects, "objects is null");
    }

    /**
     * Stores an artifact with its manifest.
     *
     * @throws BusException when it cannot be stored, or does not read back
     */
    public void put(KnownBuild build, byte[] object) {
        objects.put(Streams.ARTIFACTS_BUCKET, object, metadata(build));
    }

    /**
     * Stores what belongs to an artifact.
     *
     * @throws BusException as above
     */
    public ObjectRef put(byte[] companion) {
        return objects.put(Streams.ARTIFACTS_BUCKET, companion, Map.of());
    }

    /**
     * Whether all of a build is there and sound; if so, this manifest is the one beside the object afterwards.
     *
     * @throws BusException when the broker does not answer
     */
    public boolean holds(KnownBuild build) {
        ObjectRef artifact = build.manifest().artifact();
        boolean sound = Stream.concat(Stream.of(artifact), build.manifest().hostBtf().values().stream())
                .allMatch(object -> objects.isSound(Streams.ARTIFACTS_BUCKET, object));
        if (sound
                && !objects.metadata(Streams.ARTIFACTS_BUCKET, artifact.name()).equals(metadata(build))) {
            put(build, objects.get(Streams.ARTIFACTS_BUCKET, artifact));
        }
        return sound;
    }

    private static Map<String, String> metadata(KnownBuild build) {
        return Map.of(ArtifactManifest.METADATA_KEY, Base64.getEncoder().encodeToString(Wire.write(build.envelope())));
    }
}
