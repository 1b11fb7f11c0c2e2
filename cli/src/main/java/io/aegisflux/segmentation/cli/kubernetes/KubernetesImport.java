package io.aegisflux.segmentation.cli.kubernetes;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** NetworkPolicies of networking.k8s.io/v1 as policies of ours. */
public final class KubernetesImport {
    private static final String API = "networking.k8s.io/v1";
    private static final String KIND = "NetworkPolicy";

    private KubernetesImport() {}

    /** What becomes of each manifest, in their order; lists are taken apart. */
    public static List<Imported> of(List<Manifest> manifests, ImportSettings settings) {
        requireNonNull(settings, "settings is null");
        Map<String, String> seen = new HashMap<>();
        List<Imported> all = new ArrayList<>();
        for (Manifest manifest : manifests.stream()
                .flatMap(manifest -> Manifest.expanded(manifest).stream())
                .toList()) {
            Imported imported = isNetworkPolicy(manifest) ? Translation.of(manifest, settings) : other(manifest);
            String before = imported.documents().isEmpty()
                    ? null
                    : seen.putIfAbsent(imported.policies().getLast(), manifest.source());
            all.add(before == null ? imported : again(imported, before));
        }
        return all;
    }

    private static boolean isNetworkPolicy(Manifest manifest) {
        return manifest.kind().equals(KIND) && manifest.apiVersion().equals(API);
    }

    private static Imported other(Manifest manifest) {
        boolean harmless = !manifest.kind().isEmpty() && !manifest.kind().endsWith(KIND);
        String reason = manifest.kind().isEmpty()
                ? "this is no object of Kubernetes: it has no kind"
                : "only %s of %s is imported, not %s of %s"
                        .formatted(KIND, API, manifest.kind(), manifest.apiVersion());
        return skipped(
                manifest.source(),
                manifest.kind(),
                manifest.metadata("namespace", ""),
                manifest.metadata("name", ""),
                new Note("/kind", reason, harmless ? Note.Effect.NONE : Note.Effect.DENIES_LESS));
    }

    private static Imported again(Imported imported, String before) {
        return skipped(
                imported.source(),
                imported.kind(),
                imported.namespace(),
                imported.name(),
                new Note(
                        "/metadata/name",
                        "%s has a policy of this name already".formatted(before),
                        Note.Effect.DENIES_LESS));
    }

    private static Imported skipped(String source, String kind, String namespace, String name, Note note) {
        return new Imported(source, kind, namespace, name, List.of(), List.of(note));
    }
}
