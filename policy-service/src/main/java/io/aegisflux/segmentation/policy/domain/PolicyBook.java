package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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
     * @param violations why this release refuses the document, though one accepted it; empty otherwise
     */
    public record Entry(StoredPolicy stored, Policy policy, List<Violation> violations) {
        public Entry {
            violations = List.copyOf(violations);
        }

        static Entry of(StoredPolicy stored) {
            if (stored.isDeleted()) {
                return new Entry(stored, null, List.of());
            }
            return switch (PolicyParser.parse(Wire.write(stored.document()), stored.policyId())) {
                case ParseResult.Accepted(Policy policy) -> new Entry(stored, policy, List.of());
                case ParseResult.Rejected(List<Violation> violations) -> new Entry(stored, null, violations);
            };
        }
    }

    public PolicyBook {
        entries = Map.copyOf(entries);
    }

    /** Having read so far, whatever that message said. */
    public PolicyBook readTo(long messageSequence) {
        return new PolicyBook(entries, Math.max(sequence, messageSequence));
    }

    /** With this version, unless a later one of the policy is in here. */
    public PolicyBook with(StoredPolicy stored, long messageSequence) {
        Entry known = entries.get(stored.policyId());
        if (known != null && known.stored().version() >= stored.version()) {
            return readTo(messageSequence);
        }
        Map<PolicyId, Entry> next = new HashMap<>(entries);
        next.put(stored.policyId(), Entry.of(stored));
        return new PolicyBook(next, sequence).readTo(messageSequence);
    }

    public Optional<StoredPolicy> latest(PolicyId policy) {
        return Optional.ofNullable(entries.get(policy)).map(Entry::stored);
    }

    /** Every policy that is not deleted, by id. */
    public List<Entry> alive() {
        return sorted().filter(entry -> entry.policy() != null).toList();
    }

    /** The policies whose stored version this release refuses, by id. */
    public List<Entry> unreadable() {
        return sorted().filter(entry -> !entry.violations().isEmpty()).toList();
    }

    /** What is to be lowered. */
    public List<VersionedPolicy> versioned() {
        return alive().stream()
                .map(entry -> new VersionedPolicy(
                        entry.policy(), entry.stored().version(), entry.stored().digest()))
                .toList();
    }

    private Stream<Entry> sorted() {
        return entries.values().stream()
                .sorted(Comparator.comparing(entry -> entry.stored().policyId().value()));
    }
}
