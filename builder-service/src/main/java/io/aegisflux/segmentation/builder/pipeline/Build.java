package io.aegisflux.segmentation.builder.pipeline;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.builder.clang.Compiled;
import io.aegisflux.segmentation.builder.clang.Compiler;
import io.aegisflux.segmentation.builder.domain.BuildFailedException;
import io.aegisflux.segmentation.builder.domain.BuildInputs;
import io.aegisflux.segmentation.builder.domain.KnownBuild;
import io.aegisflux.segmentation.builder.domain.KnownBuilds;
import io.aegisflux.segmentation.builder.objectstore.ArtifactStore;
import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.ObjectRef;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One build. It may be finished again when another instance announced something first; what it compiles, it compiles
 * once. Not for several threads.
 */
public final class Build {
    private final BuildSpec spec;
    private final BuildInputs inputs;
    private final String inputsDigest;
    private final Compiler compiler;
    private final Manifests manifests;
    private final ArtifactStore store;
    private Compiled compiled;

    Build(BuildSpec spec, BuildInputs inputs, Compiler compiler, Manifests manifests, ArtifactStore store) {
        this.spec = requireNonNull(spec, "spec is null");
        this.inputs = requireNonNull(inputs, "inputs is null");
        this.inputsDigest = inputs.digest();
        this.compiler = requireNonNull(compiler, "compiler is null");
        this.manifests = requireNonNull(manifests, "manifests is null");
        this.store = requireNonNull(store, "store is null");
    }

    /** Of all that the artifact depends on. */
    public String inputsDigest() {
        return inputsDigest;
    }

    /**
     * An artifact that is in the store, with what is to be announced of it.
     *
     * @param reused whether nothing was compiled for it
     */
    public record Finished(KnownBuild build, boolean reused) {}

    /**
     * Sees to it that the artifact is in the store: the one that is known of these inputs when it is still sound there,
     * else a new one.
     *
     * @param known all builds that were announced
     * @throws BuildFailedException when it cannot be compiled
     * @throws io.aegisflux.segmentation.nats.BusException when it cannot be stored
     */
    public Finished finish(KnownBuilds known) throws BuildFailedException, InterruptedException {
        Optional<KnownBuild> before = known.of(inputsDigest);
        if (before.isPresent() && store.holds(before.get())) {
            return new Finished(before.get(), compiled == null);
        }
        if (compiled == null) {
            compiled = compiler.compile(inputs);
        }
        ArtifactManifest manifest = manifest(before, known);
        KnownBuild build =
                before.filter(same -> same.manifest().equals(manifest)).orElseGet(() -> manifests.sign(manifest));
        store.put(build, compiled.object());
        return new Finished(build, false);
    }

    /** Of the same inputs comes the same artifact, so what was announced of them before is said again. */
    private ArtifactManifest manifest(Optional<KnownBuild> before, KnownBuilds known) {
        ObjectRef artifact = new ObjectRef(Digests.sha256Hex(compiled.object()), compiled.object().length);
        return new ArtifactManifest(
                before.map(same -> same.manifest().spec()).orElse(spec),
                artifact,
                before.map(same -> same.manifest().version()).orElseGet(() -> known.nextVersion(inputs.selection())),
                inputsDigest,
                inputs.sources().digest(),
                inputs.tools(),
                compiled.programs(),
                compiled.maps(),
                hostBtf(),
                before.map(same -> same.manifest().builtAt()).orElseGet(Instant::now));
    }

    private Map<String, ObjectRef> hostBtf() {
        SortedMap<String, ObjectRef> stored = new TreeMap<>();
        compiled.hostBtf().forEach((release, btf) -> stored.put(release, store.put(btf)));
        return stored;
    }
}
