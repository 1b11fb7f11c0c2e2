package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The latest version of every policy, as the store told it. Immutable.
 *
 * @param entries by policy id; deletions are kept, their version counts
 * @param sequence of the last message of the store that was read
 */
public record PolicyBook(Map<PolicyId, Entry> entries, long sequence) {
    /** Before anything was read. */
    public static final PolicyBook EMPTY = new PolicyBook(Map.of(), 0);

    /**
     * A stored version and what it says.
     *
     * @param policy null for a deletion, and for a document that this release refuses
     * @param violations why this release refuses the document or that of its base, though one accepted it; empty
     *     otherwise
     * @param base the version below a staged one; null when it is not staged, or over nothing
     * @param sequence of its message in the store
     */
    public record Entry(StoredPolicy stored, Policy policy, List<Violation> violations, Entry base, long sequence) {
        public Entry {
            violations = List.copyOf(violations);
        }

        static Entry of(StoredPolicy stored, Entry base, long sequence) {
            if (stored.isDeleted()) {
                return new Entry(stored, null, List.of(), null, sequence);
            }
            List<Violation> ofBase = base == null ? List.of() : base.violations();
            return switch (PolicyParser.parse(Wire.write(stored.document()), stored.policyId())) {
                case ParseResult.Accepted(Policy policy) -> new Entry(stored, policy, ofBase, base, sequence);
                case ParseResult.Rejected(List<Violation> violations) ->
                    new Entry(stored, null, violations, base, sequence);
            };
        }

        /** Of a staged version whose base is not in the store: what the other hosts enforce is not known. */
        static Entry withoutItsBase(StoredPolicy stored, long sequence) {
            return new Entry(
                    stored,
                    null,
                    List.of(new Violation(
                            "",
                            "it is staged over version %d, which the store does not hold"
                                    .formatted(stored.canary().baseVersion()),
                            "publish the policy anew")),
                    null,
                    sequence);
        }
    }

    public PolicyBook {
        entries = Shards.of(entries);
    }

    /** Having read so far, whatever that message said. */
    public PolicyBook readTo(long messageSequence) {
        return new PolicyBook(entries, Math.max(sequence, messageSequence));
    }

    /** With this version, which is not staged or over nothing, unless a later one of the policy is in here. */
    public PolicyBook with(StoredPolicy stored, long messageSequence) {
        return with(stored, Optional.empty(), messageSequence);
    }

    /**
     * With this version, unless a later one of the policy is in here.
     *
     * @param base the version below, where {@link #baseOf} tells of one
     */
    public PolicyBook with(StoredPolicy stored, Optional<StoredPolicy> base, long messageSequence) {
        Entry known = entries.get(stored.policyId());
        if (known != null && known.stored().version() >= stored.version()) {
            return readTo(messageSequence);
        }
        Entry next = baseOf(stored) > 0 && base.isEmpty()
                ? Entry.withoutItsBase(stored, messageSequence)
                : Entry.of(
                        stored,
                        base.map(it -> Entry.of(it, null, messageSequence)).orElse(null),
                        messageSequence);
        return new PolicyBook(Shards.of(entries).with(stored.policyId(), next), sequence).readTo(messageSequence);
    }

    /** The number of the version below a staged one; 0 when it is not staged, or over nothing. */
    public static long baseOf(StoredPolicy stored) {
        return stored.canary() == null ? 0 : stored.canary().baseVersion();
    }

    public Optional<StoredPolicy> latest(PolicyId policy) {
        return Optional.ofNullable(entries.get(policy)).map(Entry::stored);
    }

    /** Every policy that is not deleted, by id. */
    public List<Entry> alive() {
        return sorted().stream().filter(entry -> entry.policy() != null).toList();
    }

    /** The policies whose stored version this release refuses, by id. */
    public List<Entry> unreadable() {
        return sorted().stream().filter(entry -> !entry.violations().isEmpty()).toList();
    }

    /** The latest version of every policy, deletions too, by id. */
    List<Entry> sorted() {
        return entries.values().stream()
                .sorted(Comparator.comparing(entry -> entry.stored().policyId().value()))
                .toList();
    }
}
