package io.aegisflux.segmentation.policy.domain;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.ObjectRef;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Policies, reports and manifests for tests. */
public final class Documents {
    private Documents() {}

    /** A policy with one rule, which allows a port. */
    public static byte[] policy(String id, int port) {
        return policy(id, "", rule("allow-port", port));
    }

    /** @param more members before the rules, each with a comma behind it */
    public static byte[] policy(String id, String more, String... rules) {
        return """
                {"id": "%s", "name": "test", "type": "network", "priority": 100, %s "rules": [%s]}""".formatted(id, more, String.join(",", rules)).getBytes(UTF_8);
    }

    public static String rule(String id, int port) {
        return """
                {"id": "%s", "action": "allow", "priority": 1, "conditions": [
                  {"field": "protocol", "operator": "eq", "value": "tcp"},
                  {"field": "dest_port", "operator": "eq", "value": %d}]}""".formatted(id, port);
    }

    /** A policy of many rules, each of which names networks of its own. */
    public static byte[] large(String id, int rules) {
        return policy(
                id,
                "",
                IntStream.range(0, rules)
                        .mapToObj(i -> """
                                {"id": "r%d", "action": "deny", "priority": %d, "conditions": [
                                  {"field": "source_ip", "operator": "in", "value": ["10.%d.%d.0/24", "172.16.%d.0/24"]},
                                  {"field": "dest_port", "operator": "eq", "value": %d}]}""".formatted(i, i, i / 250 % 250, i % 250, i % 250, 1 + i % 65_000))
                        .toArray(String[]::new));
    }

    /** A document as the store keeps it. */
    public static StoredPolicy stored(String id, long version, byte[] document, long sourceSequence, Instant storedAt) {
        return new StoredPolicy(
                new PolicyId(id),
                version,
                version == 1 ? StoredPolicy.CREATED : StoredPolicy.UPDATED,
                Digests.sha256Hex(document),
                Wire.read(document, JsonNode.class),
                sourceSequence,
                storedAt);
    }

    /** Headers of a publish for all hosts at once by one who does not say who it is. */
    static PublishTerms terms(Expectation expectation) {
        return new PublishTerms(expectation, Staging.AT_ONCE, Authorship.UNSAID);
    }

    public static CapabilityReport report(String host) {
        return report(host, Map.of(), List.of());
    }

    public static CapabilityReport report(String host, Map<String, String> labels, List<Workload> workloads) {
        return report(host, labels, List.of(), workloads);
    }

    public static CapabilityReport report(
            String host, Map<String, String> labels, List<String> addresses, List<Workload> workloads) {
        return new CapabilityReport(
                new HostId(host),
                "x86_64",
                "6.1.0",
                true,
                Map.of(),
                Map.of(),
                Map.of(),
                labels,
                addresses,
                workloads,
                Action.ALLOW,
                Instant.parse("2026-11-25T10:00:00Z"));
    }

    public static ArtifactManifest manifest(String architecture, String content, Instant builtAt) {
        return manifest(ArtifactBook.PROGRAM_SET, architecture, content, builtAt);
    }

    public static ArtifactManifest manifest(String programSet, String architecture, String content, Instant builtAt) {
        return new ArtifactManifest(
                new BuildSpec(programSet, ArtifactBook.VARIANT, architecture, "test"),
                new ObjectRef(Digests.sha256Hex(content.getBytes(UTF_8)), content.length()),
                1,
                "1".repeat(64),
                "2".repeat(64),
                Map.of("clang", "14"),
                List.of(),
                List.of(),
                Map.of(),
                builtAt);
    }

    /** Text that is as long as the rules it stands for: for what must be too large. */
    public static String repeated(String text, int times) {
        return IntStream.range(0, times).mapToObj(ignored -> text).collect(Collectors.joining());
    }
}
