package io.aegisflux.segmentation.builder.pipeline;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.builder.clang.Compiler;
import io.aegisflux.segmentation.builder.clang.Materials;
import io.aegisflux.segmentation.builder.domain.BuildFailedException;
import io.aegisflux.segmentation.builder.domain.Selection;
import io.aegisflux.segmentation.builder.objectstore.ArtifactStore;
import io.aegisflux.segmentation.contracts.BuildSpec;

/** Begins builds. */
public final class Workshop {
    private final Materials materials;
    private final Compiler compiler;
    private final Manifests manifests;
    private final ArtifactStore store;

    public Workshop(Materials materials, Compiler compiler, Manifests manifests, ArtifactStore store) {
        this.materials = requireNonNull(materials, "materials is null");
        this.compiler = requireNonNull(compiler, "compiler is null");
        this.manifests = requireNonNull(manifests, "manifests is null");
        this.store = requireNonNull(store, "store is null");
    }

    /**
     * Makes what builds have in common, so that the first one is not the slowest; builds nothing.
     *
     * @throws BuildFailedException when an input is missing, or cannot be used
     */
    public void prepare(Selection any) throws BuildFailedException, InterruptedException {
        compiler.prepare(materials.inputs(any));
    }

    /**
     * A build of what is selected, of the inputs as they are now.
     *
     * @param spec the same in words, with who asked
     * @throws BuildFailedException when an input is missing
     */
    public Build begin(Selection selection, BuildSpec spec) throws BuildFailedException {
        return new Build(spec, materials.inputs(selection), compiler, manifests, store);
    }
}
