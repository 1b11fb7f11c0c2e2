package io.aegisflux.segmentation.cli.kubernetes;

import io.aegisflux.segmentation.contracts.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A small cluster: pods in namespaces, and two addresses outside of it. */
final class Cluster {
    static final String NAME_LABEL = "kubernetes.io/metadata.name";
    private static final Map<String, Map<String, String>> NAMESPACES = Map.of(
            "default", Map.of("team", "red"),
            "prod", Map.of("env", "prod", "team", "blue"),
            "dev", Map.of("env", "dev"),
            "kube-system", Map.of());

    static final List<Pod> PODS = List.of(
            new Pod("default", Map.of("app", "web", "tier", "front"), "10.1.0.1"),
            new Pod("default", Map.of("app", "api", "tier", "back"), "10.1.0.2"),
            new Pod("default", Map.of("app", "db", "tier", "back", "role", "primary"), "10.1.0.3"),
            new Pod("prod", Map.of("app", "web", "tier", "front"), "10.1.1.1"),
            new Pod("prod", Map.of("app", "db", "tier", "back"), "10.1.1.2"),
            new Pod("dev", Map.of("app", "web", "role", ""), "10.1.2.1"),
            new Pod("kube-system", Map.of("app", "dns", "k8s-app", "kube-dns"), "10.1.3.1"));

    static final List<End> OUTSIDE = List.of(new End("172.17.0.5", null), new End("172.17.1.5", null));

    private Cluster() {}

    record Pod(String namespace, Map<String, String> labels, String address) {
        /** The namespace's labels, as Kubernetes completes them. */
        Map<String, String> namespaceLabels() {
            Map<String, String> labels = new TreeMap<>(NAMESPACES.get(namespace));
            labels.put(NAME_LABEL, namespace);
            return labels;
        }

        /** As docs/kubernetes.md says that a pod is to be given to a node-agent. */
        Workload workload() {
            Map<String, String> all = new TreeMap<>(labels);
            all.put("namespace", namespace);
            NAMESPACES.get(namespace).forEach((key, value) -> all.put("namespace." + key, value));
            return new Workload(namespace + "-" + labels.get("app"), all, List.of(address));
        }
    }

    /**
     * An end of a connection.
     *
     * @param pod null outside of the cluster
     */
    record End(String address, Pod pod) {}

    static List<End> ends() {
        List<End> ends = new ArrayList<>(OUTSIDE);
        PODS.forEach(pod -> ends.add(new End(pod.address(), pod)));
        return ends;
    }
}
