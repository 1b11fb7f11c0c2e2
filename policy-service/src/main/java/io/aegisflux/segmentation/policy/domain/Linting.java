package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.linting.PolicyLint;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

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
        List<Violation> violations = new ArrayList<>();
        List<Policy> candidates = new ArrayList<>();
        Set<PolicyId> ids = new HashSet<>();
        for (int i = 0; i < documents.size(); i++) {
            String place = "/documents/" + i;
            byte[] document = Wire.write(documents.get(i));
            Acceptance.violations(document, null).stream()
                    .map(it -> new Violation(place + it.path(), it.reason(), it.hint()))
                    .forEach(violations::add);
            if (PolicyParser.parse(document, null) instanceof ParseResult.Accepted(Policy policy)) {
                candidates.add(policy);
                if (!ids.add(policy.id())) {
                    violations.add(new Violation(
                            place + "/id",
                            "a document before it is policy %s too".formatted(policy.id()),
                            "give each document an id of its own"));
                }
            }
        }
        return violations.isEmpty()
                ? new Judged(PolicyLint.of(
                        candidates,
                        stored(world, policy -> !ids.contains(policy.id())),
                        world.hosts().all(),
                        world.workloads(),
                        now))
                : new Refused(violations);
    }

    private static List<Policy> stored(World world, Predicate<Policy> wanted) {
        return world.policies().alive().stream()
                .map(PolicyBook.Entry::policy)
                .filter(wanted)
                .toList();
    }
}
