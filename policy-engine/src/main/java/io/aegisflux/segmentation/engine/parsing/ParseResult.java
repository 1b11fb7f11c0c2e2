package io.aegisflux.segmentation.engine.parsing;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.engine.language.Policy;
import java.util.List;

/** What became of a document. */
public sealed interface ParseResult {
    /** The document is a policy. */
    record Accepted(Policy policy) implements ParseResult {
        public Accepted {
            requireNonNull(policy, "policy is null");
        }
    }

    /** The document is refused; at least one reason, in the order in which they were found. */
    record Rejected(List<Violation> violations) implements ParseResult {
        public Rejected {
            violations = List.copyOf(violations);
            if (violations.isEmpty()) {
                throw new IllegalArgumentException("a rejection without a reason");
            }
        }
    }
}
