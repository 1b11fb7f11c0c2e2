package io.aegisflux.segmentation.cli.kubernetes;

import io.aegisflux.segmentation.contracts.Digests;
import java.nio.charset.StandardCharsets;

/**
 * Ids for the names of Kubernetes. Those hold no {@code _}, so it separates, and stands for the dot, which no id may hold: two
 * names never come to one id, but for those that are cut, which end in a part of their digest.
 */
final class PolicyIds {
    private static final int LONGEST = 128;
    private static final int DIGEST = 12;

    private PolicyIds() {}

    /** In the order of their texts, ids of allowing policies are before those of isolating ones. */
    static String allowing(String namespace, String name) {
        return shortened("k8s_allow_%s_%s".formatted(namespace, name.replace('.', '_')));
    }

    static String isolating(String namespace, String name) {
        return shortened("k8s_isolation_%s_%s".formatted(namespace, name.replace('.', '_')));
    }

    private static String shortened(String id) {
        return id.length() <= LONGEST
                ? id
                : id.substring(0, LONGEST - DIGEST - 1) + "_"
                        + Digests.sha256Hex(id.getBytes(StandardCharsets.UTF_8)).substring(0, DIGEST);
    }
}
