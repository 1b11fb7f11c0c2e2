package io.aegisflux.segmentation.policy.domain;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.RolloutState;
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
     * @param rollout how that version stands; promoted when it was not staged
     */
    static Acceptance of(Publish publish, Optional<StoredPolicy> latest, RolloutState rollout, Instant now) {
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
        boolean isStaged = latest.filter(stored -> stored.canary() != null).isPresent();
        if (isStaged && !publish.expectation().isMetBy(latest)) {
            return new Conflict(latest);
        }
        if (alive.filter(stored -> saysTheSame(publish, stored, rollout)).isPresent()) {
            return new NothingNew("it is the stored version");
        }
        if (!publish.expectation().isMetBy(latest)) {
            return new Conflict(latest);
        }
        String action = publish.isDeletion()
                ? StoredPolicy.DELETED
                : alive.isEmpty() ? StoredPolicy.CREATED : StoredPolicy.UPDATED;
        return new NewVersion(next(publish, latest, action, base(latest, rollout), now));
    }

    /** Whether nothing would change: a staged version that is published for all hosts, or anew once aborted, does. */
    private static boolean saysTheSame(Publish publish, StoredPolicy latest, RolloutState rollout) {
        return publish.digest().equals(latest.digest())
                && (rollout == RolloutState.PROMOTED
                        || rollout.isOpen()
                                && publish.staging()
                                        .over(latest.canary().baseVersion())
                                        .equals(Optional.of(latest.canary())));
    }

    /** The version that hosts have which have not the next one; 0 for none. */
    private static long base(Optional<StoredPolicy> latest, RolloutState rollout) {
        return latest.filter(stored -> !stored.isDeleted())
                .map(stored -> rollout == RolloutState.PROMOTED
                        ? stored.version()
                        : stored.canary().baseVersion())
                .orElse(0L);
    }

    private static List<Violation> violations(Publish publish) {
        return violations(publish.body(), publish.policy(), publish.terms());
    }

    /**
     * What is wrong with a publish.
     *
     * @return empty when it is a policy of this id or its deletion, and its headers can be read
     */
    static List<Violation> violations(byte[] body, PolicyId policy, PublishTerms terms) {
        Optional<Violation> ofHeaders = terms.problem();
        if (ofHeaders.isPresent()) {
            return List.of(ofHeaders.get());
        }
        if (body.length > 0) {
            return violations(body, policy);
        }
        return terms.staging().equals(Staging.AT_ONCE)
                ? List.of()
                : List.of(new Violation(
                        "",
                        "a deletion with the header %s: it cannot be staged".formatted(PublishHeaders.CANARY),
                        "stage the policy with \"enabled\": false, and delete it when that is promoted"));
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

    private static StoredPolicy next(
            Publish publish, Optional<StoredPolicy> latest, String action, long base, Instant now) {
        boolean deletion = publish.isDeletion();
        return new StoredPolicy(
                publish.policy(),
                latest.map(StoredPolicy::version).orElse(0L) + 1,
                action,
                deletion ? null : publish.digest(),
                deletion ? null : tree(publish.body()),
                publish.sequence(),
                now,
                publish.staging().over(base).orElse(null),
                publish.terms().authorship().author());
    }

    private static JsonNode tree(byte[] document) {
        return Wire.read(document, JsonNode.class);
    }
}
