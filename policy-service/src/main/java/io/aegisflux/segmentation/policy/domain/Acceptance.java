package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What becomes of a publish. */
public sealed interface Acceptance {
    /** A new version is to be stored. */
    record NewVersion(StoredPolicy stored) implements Acceptance {}

    /** Nothing is to be stored: this was seen before, or says what holds already. */
    record NothingNew(String reason) implements Acceptance {}

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
        if (latest.isPresent() && latest.get().sourceSequence() >= publish.sequence()) {
            return new NothingNew("a later publish is stored already");
        }
        if (publish.isDeletion()) {
            return latest.filter(stored -> !stored.isDeleted())
                    .<Acceptance>map(stored -> new NewVersion(next(publish, latest, StoredPolicy.DELETED, now)))
                    .orElseGet(() -> new NothingNew("there is nothing to delete"));
        }
        return switch (PolicyParser.parse(publish.body(), publish.policy())) {
            case ParseResult.Rejected(List<Violation> violations) -> new Refused(violations);
            case ParseResult.Accepted ignored
            when latest.isPresent()
                    && !latest.get().isDeleted()
                    && publish.digest().equals(latest.get().digest()) -> new NothingNew("it is the stored version");
            case ParseResult.Accepted ignored ->
                new NewVersion(next(
                        publish,
                        latest,
                        latest.isEmpty() || latest.get().isDeleted() ? StoredPolicy.CREATED : StoredPolicy.UPDATED,
                        now));
        };
    }

    private static StoredPolicy next(Publish publish, Optional<StoredPolicy> latest, String action, Instant now) {
        long version = latest.map(StoredPolicy::version).orElse(0L) + 1;
        boolean deletion = publish.isDeletion();
        try {
            return new StoredPolicy(
                    publish.policy(),
                    version,
                    action,
                    deletion ? null : publish.digest(),
                    deletion ? null : Wire.mapper().readTree(publish.body()),
                    publish.sequence(),
                    now);
        } catch (IOException e) {
            throw new UncheckedIOException("an accepted document is not JSON", e);
        }
    }
}
