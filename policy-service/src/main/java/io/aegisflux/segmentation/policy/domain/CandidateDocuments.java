package io.aegisflux.segmentation.policy.domain;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Documents that are not published yet, judged as their publish would be, their own tests included.
 *
 * @param policies what the documents say, in their order; those that say nothing are missing
 * @param violations why some would be refused; each path begins with {@code /documents/<index>}
 */
record CandidateDocuments(List<Policy> policies, List<Violation> violations) {
    CandidateDocuments {
        policies = List.copyOf(policies);
        violations = List.copyOf(violations);
    }

    static CandidateDocuments of(List<JsonNode> documents) {
        List<Policy> policies = new ArrayList<>();
        List<Violation> violations = new ArrayList<>();
        Set<PolicyId> ids = new HashSet<>();
        for (int i = 0; i < documents.size(); i++) {
            String place = "/documents/" + i;
            byte[] document = Wire.write(documents.get(i));
            Acceptance.violations(document, null).stream()
                    .map(it -> new Violation(place + it.path(), it.reason(), it.hint()))
                    .forEach(violations::add);
            if (PolicyParser.parse(document, null) instanceof ParseResult.Accepted(Policy policy)) {
                policies.add(policy);
                if (!ids.add(policy.id())) {
                    violations.add(new Violation(
                            place + "/id",
                            "a document before it is policy %s too".formatted(policy.id()),
                            "give each document an id of its own"));
                }
            }
        }
        return new CandidateDocuments(policies, violations);
    }
}
