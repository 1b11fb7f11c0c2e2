package io.aegisflux.segmentation.builder.sandbox;

import java.nio.file.Path;

/** Sandboxes that do not choose for themselves how they confine. */
public final class Sandboxes {
    private Sandboxes() {}

    public static Sandbox withNamespaces(Path folder) {
        return Sandbox.of(new Workspace(folder), Confinement.NAMESPACES);
    }

    /** As in a container that may not make namespaces. */
    public static Sandbox withoutNamespaces(Path folder) {
        return Sandbox.of(new Workspace(folder), Confinement.NOBODY);
    }
}
