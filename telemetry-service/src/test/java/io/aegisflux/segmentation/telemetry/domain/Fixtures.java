package io.aegisflux.segmentation.telemetry.domain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Canary;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** The example messages, changed where a test speaks of it. */
public final class Fixtures {
    /** A full hour, so that hosts' and tests' seconds are easy to read. */
    static final Instant T0 = Instant.parse("2026-03-02T09:00:00Z");

    private Fixtures() {}

    static Instant at(double seconds) {
        return T0.plusNanos(Math.round(seconds * 1e9));
    }

    static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }

    /** An example with members replaced. */
    public static <T> T example(String name, Class<T> type, Consumer<ObjectNode> change) {
        try {
            ObjectNode node = (ObjectNode) Wire.mapper().readTree(Examples.read(name));
            change.accept(node);
            return Wire.read(Wire.mapper().writeValueAsBytes(node), type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FlowEvent event(Consumer<ObjectNode> change) {
        return example("event-packet-dropped", FlowEvent.class, change);
    }

    static FlowEvent event() {
        return event(node -> {});
    }

    /** A host that judged so many packets, with these rules hit. */
    static MetricsReport report(String host, long packets, MetricsReport.RuleHit... hits) {
        return report(host, packets, node -> node.set("rule_hits", Wire.mapper().valueToTree(Arrays.asList(hits))));
    }

    static MetricsReport report(String host, long packets, Consumer<ObjectNode> change) {
        return example("metrics", MetricsReport.class, node -> {
            node.put("host_id", host).put("packets_total", packets);
            change.accept(node);
        });
    }

    static MetricsReport.RuleHit hit(String policy, long version, String rule, long packets) {
        return new MetricsReport.RuleHit(new PolicyId(policy), version, rule, packets, 60 * packets, null);
    }

    static CapabilityReport capabilities(String host, Instant at) {
        return example(
                "capability-report",
                CapabilityReport.class,
                node -> node.put("host_id", host).put("timestamp", at.toString()));
    }

    /** Version of web-db, with members of the document replaced. */
    static StoredPolicy stored(String policy, long version, Instant at, Consumer<ObjectNode> document) {
        return example("stored-policy", StoredPolicy.class, node -> {
            node.put("policy_id", policy).put("version", version).put("stored_at", at.toString());
            node.put("source_sequence", version * 10);
            ObjectNode of = (ObjectNode) node.get("document");
            of.put("id", policy);
            document.accept(of);
        });
    }

    static StoredPolicy stored(String policy, long version, Instant at) {
        return stored(policy, version, at, document -> {});
    }

    /** A version that is staged over another one; 0 for none. */
    static StoredPolicy staged(String policy, long version, long base, Consumer<ObjectNode> document) {
        return example("stored-policy-staged", StoredPolicy.class, node -> {
            node.put("policy_id", policy).put("version", version).put("source_sequence", version * 10);
            ((ObjectNode) node.get("canary")).put("base_version", base);
            ObjectNode of = (ObjectNode) node.get("document");
            of.put("id", policy);
            document.accept(of);
        });
    }

    /** How the rollout of a version stands; it was stored at {@link #T0}, one of its two canary hosts has acknowledged. */
    static RolloutStatus rollout(String policy, long version, RolloutState state) {
        return new RolloutStatus(
                new PolicyId(policy),
                version,
                version - 1,
                state,
                null,
                T0,
                null,
                null,
                new Canary(10, null, null, version - 1, 60, 30, 90, 100, Canary.AUTO),
                T0,
                3,
                2,
                1,
                List.of());
    }

    static StoredPolicy deleted(String policy, long version, Instant at) {
        return example(
                "stored-policy-deleted",
                StoredPolicy.class,
                node -> node.put("policy_id", policy).put("version", version).put("stored_at", at.toString()));
    }

    /**
     * @param version null for a deletion
     */
    static PolicyUpdate applied(String host, String policy, Long version, long revision, Instant at) {
        return new PolicyUpdate(
                new HostId(host),
                new PolicyId(policy),
                version == null ? "deleted" : "updated",
                "network",
                version,
                revision,
                at,
                Map.of("result", "applied"));
    }

    static Family family(List<Family> families, String name) {
        return families.stream()
                .filter(family -> family.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no family is called " + name));
    }

    /** The value of a series; empty when there is none. */
    static OptionalDouble value(List<Family> families, String name, String... labels) {
        return family(families, name).samples().stream()
                .filter(sample -> sample.labels().equals(List.of(labels)))
                .mapToDouble(Family.Sample::value)
                .findFirst();
    }
}
