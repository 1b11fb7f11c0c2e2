package io.aegisflux.segmentation.policy.domain;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import io.aegisflux.segmentation.engine.testing.PolicyTests;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What becomes of a publish. */
public sealed interface Acceptance {
    /** A new version is to be stored. */
    record NewVersion(StoredPolicy stored) implements Acceptance {}

    /** Nothing is to be stored: this was seen before, or says what holds already. */
    record NothingNew(String reason) implements Acceptance {}

    /** Another version holds than the publisher has seen. */
    record Conflict(Optional<StoredPolicy> latest) implements Acceptance {}

    /** The document is not a policy. */
    record Refused(List<Violation> violations) implements Acceptance {
        public Refused {
            violations = List.copyOf(violations);
        }
    }

    /**
     * Decides.
     *
     * @param latest the last stored version of this policy, empty when there was none ever
     */
    static Acceptance of(Publish publish, Optional<StoredPolicy> latest, Instant now) {
        if (latest.filter(publish::isIn).isPresent()) {
            return new NothingNew(
                    latest.get().sourceSequence() == publish.sequence()
                            ? "it is stored already"
                            : "a later publish is stored already");
        }
        List<Violation> violations = violations(publish);
        if (!violations.isEmpty()) {
            return new Refused(violations);
        }
        Optional<StoredPolicy> alive = latest.filter(stored -> !stored.isDeleted());
        if (publish.isDeletion() && alive.isEmpty()) {
            return new NothingNew("there is nothing to delete");
        }
        if (alive.filter(stored -> publish.digest().equals(stored.digest())).isPresent()) {
            return new NothingNew("it is the stored version");
        }
        if (!publish.expectation().isMetBy(latest)) {
            return new Conflict(latest);
        }
        String action = publish.isDeletion()
                ? StoredPolicy.DELETED
                : alive.isEmpty() ? StoredPolicy.CREATED : StoredPolicy.UPDATED;
        return new NewVersion(next(publish, latest, action, now));
    }

    private static List<Violation> violations(Publish publish) {
        return publish.expectation()
                .problem()
                .map(List::of)
                .orElseGet(() -> publish.isDeletion() ? List.of() : violations(publish.body(), publish.policy()));
    }

    /**
     * What is wrong with a document. Beside what the parser refuses that is a document which, written as the store keeps
     * it, could not be read again: a number's other notation may be longer than a number may be. And one of whose own tests
     * fail.
     *
     * @return empty when it is a policy of this id
     */
    static List<Violation> violations(byte[] body, PolicyId policy) {
        return switch (PolicyParser.parse(body, policy)) {
            case ParseResult.Rejected(List<Violation> violations) -> violations;
            case ParseResult.Accepted(Policy accepted) ->
                switch (PolicyParser.parse(Wire.write(tree(body)), policy)) {
                    case ParseResult.Rejected(List<Violation> violations) -> violations;
                    case ParseResult.Accepted ignored -> PolicyTests.failures(accepted);
                };
        };
    }

    private static StoredPolicy next(Publish publish, Optional<StoredPolicy> latest, String action, Instant now) {
        boolean deletion = publish.isDeletion();
        return new StoredPolicy(
                publish.policy(),
                latest.map(StoredPolicy::version).orElse(0L) + 1,
                action,
                deletion ? null : publish.digest(),
                deletion ? null : tree(publish.body()),
                publish.sequence(),
                now);
    }

    private static JsonNode tree(byte[] document) {
        return Wire.read(document, JsonNode.class);
    }
}
