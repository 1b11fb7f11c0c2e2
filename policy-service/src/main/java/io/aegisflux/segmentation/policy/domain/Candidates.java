package io.aegisflux.segmentation.policy.domain;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyPlan.Change;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The policies as they would be after some publishes and deletions.
 *
 * @param policies all of them; one that would change has the version that it would get
 * @param changes what becomes of those that are published or deleted
 */
public record Candidates(List<VersionedPolicy> policies, List<Change> changes) {
    public Candidates {
        policies = List.copyOf(policies);
        changes = List.copyOf(changes);
    }

    /** What comes of documents: candidates, or what is wrong with them. */
    public sealed interface Result {
        record Fit(Candidates candidates) implements Result {}

        /** Pointers begin with {@code /documents/<index>} or {@code /deletions/<index>}. */
        record Unfit(List<Violation> violations) implements Result {
            public Unfit {
                violations = List.copyOf(violations);
            }
        }
    }

    /**
     * Takes the documents and deletions over what is stored. Documents are judged as their publish would be.
     */
    public static Result over(PolicyBook stored, List<JsonNode> documents, List<PolicyId> deletions) {
        Map<PolicyId, VersionedPolicy> policies = new LinkedHashMap<>();
        stored.versioned().forEach(it -> policies.put(it.policy().id(), it));
        Map<PolicyId, Change> changes = new LinkedHashMap<>();
        List<Violation> violations = new ArrayList<>();
        for (int i = 0; i < documents.size(); i++) {
            String place = "/documents/" + i;
            Optional<Policy> policy = read(documents.get(i), place, violations);
            if (policy.isPresent()) {
                put(stored, policy.get(), documents.get(i), place, policies, changes, violations);
            }
        }
        for (int i = 0; i < deletions.size(); i++) {
            PolicyId id = deletions.get(i);
            boolean isThere = policies.remove(id) != null;
            if (changes.put(id, change(stored, id, isThere ? StoredPolicy.DELETED : Change.UNCHANGED)) != null) {
                violations.add(named("/deletions/" + i, id));
            }
        }
        return violations.isEmpty()
                ? new Result.Fit(new Candidates(List.copyOf(policies.values()), List.copyOf(changes.values())))
                : new Result.Unfit(violations);
    }

    private static Optional<Policy> read(JsonNode document, String place, List<Violation> violations) {
        byte[] body = Wire.write(document);
        PolicyId id;
        try {
            id = new PolicyId(document.path("id").asText());
        } catch (IllegalArgumentException e) {
            violations.add(new Violation(place + "/id", e.getMessage(), "give the policy an id"));
            return Optional.empty();
        }
        List<Violation> found = Acceptance.violations(body, id);
        found.forEach(it -> violations.add(new Violation(place + it.path(), it.reason(), it.hint())));
        return found.isEmpty() && PolicyParser.parse(body, id) instanceof ParseResult.Accepted(Policy policy)
                ? Optional.of(policy)
                : Optional.empty();
    }

    private static void put(
            PolicyBook stored,
            Policy policy,
            JsonNode document,
            String place,
            Map<PolicyId, VersionedPolicy> policies,
            Map<PolicyId, Change> changes,
            List<Violation> violations) {
        PolicyId id = policy.id();
        Optional<StoredPolicy> latest = stored.latest(id);
        boolean isAlive = policies.containsKey(id);
        boolean isSame =
                isAlive && latest.filter(it -> document.equals(it.document())).isPresent();
        String action = isSame ? Change.UNCHANGED : isAlive ? StoredPolicy.UPDATED : StoredPolicy.CREATED;
        if (changes.put(id, change(stored, id, action)) != null) {
            violations.add(named(place, id));
        } else if (!isSame) {
            long version = latest.map(StoredPolicy::version).orElse(0L) + 1;
            policies.put(id, new VersionedPolicy(policy, version, Digests.sha256Hex(Wire.write(document))));
        }
    }

    private static Change change(PolicyBook stored, PolicyId id, String action) {
        return new Change(
                id,
                action,
                stored.latest(id)
                        .filter(it -> !it.isDeleted())
                        .map(StoredPolicy::version)
                        .orElse(0L));
    }

    private static Violation named(String place, PolicyId id) {
        return new Violation(place, "policy %s is named twice".formatted(id), "name each policy once");
    }
}
