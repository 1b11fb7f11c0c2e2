package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.util.Optional;

/** What a publish has come to. */
public sealed interface Outcome {
    /** What was published holds, as this version: its own, or the one that said the same already. */
    record Holds(StoredPolicy version) implements Outcome {}

    /** There was nothing to delete. */
    record NothingThere(Optional<StoredPolicy> deletion) implements Outcome {}

    /** A later publish was decided first, so this one counts no more. */
    record Overtaken(StoredPolicy later) implements Outcome {}

    /** Another version held than the publisher had seen. */
    record Conflict(Optional<StoredPolicy> latest) implements Outcome {}

    /** It was decided, but not stored. */
    record NotStored() implements Outcome {}

    /**
     * Of a publish that was decided.
     *
     * @param at the first version that was made from this publish or a later one
     * @param before the version that held when it was decided
     */
    static Outcome of(Publish publish, Optional<StoredPolicy> at, Optional<StoredPolicy> before) {
        if (at.isPresent() && at.get().sourceSequence() == publish.sequence()) {
            return new Holds(at.get());
        }
        Optional<StoredPolicy> alive = before.filter(version -> !version.isDeleted());
        if (publish.isDeletion() && alive.isEmpty()) {
            return new NothingThere(before);
        }
        boolean isMet = publish.expectation().isMetBy(before);
        if (alive.filter(version -> publish.digest().equals(version.digest()))
                .filter(version -> isMet || version.canary() == null)
                .isPresent()) {
            return new Holds(alive.get());
        }
        if (!isMet) {
            return new Conflict(before);
        }
        return at.<Outcome>map(Overtaken::new).orElseGet(NotStored::new);
    }
}
