package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The latest version of every policy, as the store told it. Immutable.
 *
 * @param entries by policy id; deletions are kept, their version counts
 * @param storeSequence of the last message of the store that is in here
 */
public record PolicyBook(Map<PolicyId, Entry> entries, long storeSequence) {
    /** Before anything was read. */
    public static final PolicyBook EMPTY = new PolicyBook(Map.of(), 0);

    /**
     * A stored version and what it says.
     *
     * @param policy null for a deletion
     */
    public record Entry(StoredPolicy stored, Policy policy) {}

    public PolicyBook {
        entries = Map.copyOf(entries);
    }

    /** With this version, unless a later one of the policy is in here. */
    public PolicyBook with(StoredPolicy stored, long sequence) {
        Entry known = entries.get(stored.policyId());
        if (known != null && known.stored().version() >= stored.version()) {
            return this;
        }
        Map<PolicyId, Entry> next = new TreeMap<>(Comparator.comparing(PolicyId::value));
        next.putAll(entries);
        next.put(stored.policyId(), new Entry(stored, stored.isDeleted() ? null : parse(stored)));
        return new PolicyBook(next, Math.max(storeSequence, sequence));
    }

    public Optional<StoredPolicy> latest(PolicyId policy) {
        return Optional.ofNullable(entries.get(policy)).map(Entry::stored);
    }

    /** Every policy that is not deleted, by id. */
    public List<Entry> alive() {
        return entries.values().stream()
                .filter(entry -> entry.policy() != null)
                .sorted(Comparator.comparing(entry -> entry.stored().policyId().value()))
                .toList();
    }

    /** What is to be lowered. */
    public List<VersionedPolicy> versioned() {
        return alive().stream()
                .map(entry -> new VersionedPolicy(
                        entry.policy(), entry.stored().version(), entry.stored().digest()))
                .toList();
    }

    private static Policy parse(StoredPolicy stored) {
        return switch (PolicyParser.parse(Wire.write(stored.document()), stored.policyId())) {
            case ParseResult.Accepted(Policy policy) -> policy;
            case ParseResult.Rejected rejected ->
                throw new IllegalStateException("the store holds a version %d of %s that is refused: %s"
                        .formatted(stored.version(), stored.policyId(), rejected.violations()));
        };
    }
}
