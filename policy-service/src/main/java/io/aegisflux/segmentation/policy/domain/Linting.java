package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.linting.PolicyLint;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What became of a lint. */
public sealed interface Linting {
    /** The policies were judged. */
    record Judged(PolicyApi.LintReply reply) implements Linting {
        public Judged {
            requireNonNull(reply, "reply is null");
        }
    }

    /** Candidates would not be accepted; each path is a pointer into the request. */
    record Refused(List<Violation> violations) implements Linting {
        public Refused {
            violations = List.copyOf(violations);
        }
    }

    /** No such policy is stored. */
    record NotThere(PolicyId policy) implements Linting {}

    /** Judges the stored policies, or one of them. */
    static Linting ofStore(PolicyApi.LintRequest request, World world, Instant now) {
        PolicyId wanted = request.policyId();
        List<Policy> judged =
                stored(world, policy -> wanted == null || policy.id().equals(wanted));
        if (wanted != null && judged.isEmpty()) {
            return new NotThere(wanted);
        }
        List<Policy> others = wanted == null
                ? List.of()
                : stored(world, policy -> !policy.id().equals(wanted));
        return new Judged(PolicyLint.of(judged, others, world.hosts().all(), world.workloads(), now));
    }

    /** Judges candidates among the stored policies, each in place of the stored one of its id. */
    static Linting ofCandidates(List<JsonNode> documents, World world, Instant now) {
        CandidateDocuments candidates = CandidateDocuments.of(documents);
        if (!candidates.violations().isEmpty()) {
            return new Refused(candidates.violations());
        }
        Set<PolicyId> ids = candidates.policies().stream().map(Policy::id).collect(Collectors.toSet());
        return new Judged(PolicyLint.of(
                candidates.policies(),
                stored(world, policy -> !ids.contains(policy.id())),
                world.hosts().all(),
                world.workloads(),
                now));
    }

    private static List<Policy> stored(World world, Predicate<Policy> wanted) {
        return world.policies().alive().stream()
                .map(PolicyBook.Entry::policy)
                .filter(wanted)
                .toList();
    }
}
