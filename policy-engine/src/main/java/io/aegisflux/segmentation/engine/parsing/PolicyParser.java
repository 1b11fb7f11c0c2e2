package io.aegisflux.segmentation.engine.parsing;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.engine.language.Policy;
import java.util.Optional;

/**
 * Reads policy documents. Strict: whatever is not understood is refused, with a JSON pointer, the reason and a hint;
 * several violations are reported at once. No input makes it throw.
 */
public final class PolicyParser {
    private PolicyParser() {}

    /**
     * @param body the bytes of the document, UTF-8
     * @param expectedId the id that the subject of the document names; null when any id will do
     */
    public static ParseResult parse(byte[] body, PolicyId expectedId) {
        requireNonNull(body, "body is null");
        Violations violations = new Violations();
        Optional<Policy> policy = StrictJson.read(body, violations)
                .flatMap(document -> PolicyReader.read(document, Optional.ofNullable(expectedId), violations));
        return violations.isEmpty()
                ? new ParseResult.Accepted(policy.orElseThrow())
                : new ParseResult.Rejected(violations.list());
    }
}
