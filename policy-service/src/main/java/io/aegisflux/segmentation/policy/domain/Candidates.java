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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What some publishes and deletions would change, for all hosts at once: a version that is staged would be superseded.
 *
 * @param published policies in the versions that they would get
 * @param replaced policies that would not be in force any more in the versions that they have
 * @param changes what becomes of those that are published or deleted
 */
public record Candidates(List<VersionedPolicy> published, Set<PolicyId> replaced, List<Change> changes) {
    public Candidates {
        published = List.copyOf(published);
        replaced = Set.copyOf(replaced);
        changes = List.copyOf(changes);
    }

    /** What would be in force where this is. */
    List<VersionedPolicy> over(List<VersionedPolicy> inForce) {
        return Stream.concat(
                        inForce.stream()
                                .filter(it -> !replaced.contains(it.policy().id())),
                        published.stream())
                .toList();
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

    /** What documents and deletions come to. Documents are judged as their publish would be. */
    public static Result of(PolicyBook stored, List<JsonNode> documents, List<PolicyId> deletions) {
        CandidateDocuments candidates = CandidateDocuments.of(documents);
        if (!candidates.violations().isEmpty()) {
            return new Result.Unfit(candidates.violations());
        }
        List<VersionedPolicy> published = new ArrayList<>();
        Map<PolicyId, Change> changes = new LinkedHashMap<>();
        List<Violation> violations = new ArrayList<>();
        for (int i = 0; i < documents.size(); i++) {
            Policy policy = candidates.policies().get(i);
            Change change = change(stored, policy.id(), documents.get(i));
            changes.put(policy.id(), change);
            if (!change.action().equals(Change.UNCHANGED)) {
                published.add(next(stored, policy, documents.get(i)));
            }
        }
        for (int i = 0; i < deletions.size(); i++) {
            Change change = change(stored, deletions.get(i), null);
            if (changes.put(change.policyId(), change) != null) {
                violations.add(named("/deletions/" + i, change.policyId()));
            }
        }
        if (!violations.isEmpty()) {
            return new Result.Unfit(violations);
        }
        Set<PolicyId> replaced = changes.values().stream()
                .filter(change -> !change.action().equals(Change.UNCHANGED))
                .map(Change::policyId)
                .collect(Collectors.toSet());
        return new Result.Fit(new Candidates(published, replaced, List.copyOf(changes.values())));
    }

    /** @param document null for a deletion */
    private static Change change(PolicyBook stored, PolicyId id, JsonNode document) {
        Optional<StoredPolicy> alive = stored.latest(id).filter(it -> !it.isDeleted());
        long version = alive.map(StoredPolicy::version).orElse(0L);
        if (document == null) {
            return new Change(id, alive.isPresent() ? StoredPolicy.DELETED : Change.UNCHANGED, version);
        }
        boolean isSame = alive.filter(it -> document.equals(it.document())).isPresent();
        return new Change(
                id,
                isSame ? Change.UNCHANGED : alive.isPresent() ? StoredPolicy.UPDATED : StoredPolicy.CREATED,
                version);
    }

    private static VersionedPolicy next(PolicyBook stored, Policy policy, JsonNode document) {
        long version = stored.latest(policy.id()).map(StoredPolicy::version).orElse(0L) + 1;
        return new VersionedPolicy(policy, version, Digests.sha256Hex(Wire.write(document)));
    }

    private static Violation named(String place, PolicyId id) {
        return new Violation(place, "policy %s is named twice".formatted(id), "name each policy once");
    }
}
