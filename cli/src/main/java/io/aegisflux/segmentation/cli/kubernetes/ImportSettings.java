package io.aegisflux.segmentation.cli.kubernetes;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Mode;

/**
 * What Kubernetes does not say.
 *
 * @param namespace of manifests that name none
 * @param priority of the policies that allow; those that isolate have the next one
 * @param mode ENFORCE, or AUDIT: nothing is dropped
 */
public record ImportSettings(String namespace, int priority, Mode mode) {
    /** The largest priority of the policy language is one more: that of isolation. */
    public static final int LARGEST_PRIORITY = 999_999;

    public ImportSettings {
        requireNonNull(namespace, "namespace is null");
        requireNonNull(mode, "mode is null");
        if (priority < 0 || priority > LARGEST_PRIORITY) {
            throw new IllegalArgumentException(
                    "a priority is from 0 to %d, not %d".formatted(LARGEST_PRIORITY, priority));
        }
    }
}
