package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.linting.PolicyLint;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import io.aegisflux.segmentation.engine.testing.PolicyTests;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Judges documents alone, by the parser, the tests and the lint that policy-service has. */
final class OfflineLint {
    private OfflineLint() {}

    /**
     * @throws Failure as policy-service refuses: INVALID_POLICY with paths that begin with {@code /documents/<place>}
     */
    static PolicyApi.LintReply of(List<PublishedDocument<PolicyId>> documents, Instant now) {
        List<Policy> policies = new ArrayList<>();
        List<Violation> violations = new ArrayList<>();
        for (int i = 0; i < documents.size(); i++) {
            String place = "/documents/" + i;
            List<Violation> wrong = switch (PolicyParser.parse(documents.get(i).bytes(), null)) {
                case ParseResult.Rejected(List<Violation> found) -> found;
                case ParseResult.Accepted(Policy policy) -> {
                    policies.add(policy);
                    yield PolicyTests.failures(policy);
                }
            };
            wrong.stream()
                    .map(it -> new Violation(place + it.path(), it.reason(), it.hint()))
                    .forEach(violations::add);
        }
        if (!violations.isEmpty()) {
            throw Failure.refused(new ApiError(
                    ApiError.INVALID_POLICY,
                    "%d violations; nothing was judged".formatted(violations.size()),
                    "mend what the violations name and ask again",
                    violations));
        }
        return PolicyLint.of(policies, List.of(), List.of(), List.of(), now);
    }
}
