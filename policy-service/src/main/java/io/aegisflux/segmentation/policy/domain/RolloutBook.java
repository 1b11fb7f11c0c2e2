package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Rollout;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of staged versions, as their stream tells it. A word that cannot follow the one before is passed over, so
 * one that somebody has written there again undoes nothing. Immutable.
 *
 * @param words by policy and version
 * @param sequence of the last message of the stream that was read
 */
public record RolloutBook(Map<PolicyId, SortedMap<Long, Word>> words, long sequence) {
    public static final RolloutBook EMPTY = new RolloutBook(Map.of(), 0);

    /** A message of the stream and its sequence. */
    public record Word(Rollout rollout, long sequence) {}

    /** So many versions of a policy are remembered, as in the stream. */
    private static final int REMEMBERED = 16;

    public RolloutBook {
        words = Map.copyOf(words);
    }

    /** Having read so far, whatever that message said. */
    public RolloutBook readTo(long messageSequence) {
        return new RolloutBook(words, Math.max(sequence, messageSequence));
    }

    /** With this word, if it can follow what is known of the version. */
    public RolloutBook with(Rollout word, long messageSequence) {
        RolloutState now =
                of(word.policyId(), word.version()).map(Rollout::state).orElse(RolloutState.RUNNING);
        if (!canFollow(now, word.state())) {
            return readTo(messageSequence);
        }
        TreeMap<Long, Word> versions = new TreeMap<>(words.getOrDefault(word.policyId(), new TreeMap<>()));
        versions.put(word.version(), new Word(word, messageSequence));
        while (versions.size() > REMEMBERED) {
            versions.pollFirstEntry();
        }
        Map<PolicyId, SortedMap<Long, Word>> next = new HashMap<>(words);
        next.put(word.policyId(), versions);
        return new RolloutBook(next, sequence).readTo(messageSequence);
    }

    /** Whether a rollout may go from one state to another: what is decided stays. */
    public static boolean canFollow(RolloutState now, RolloutState next) {
        return now.isOpen() && next != now;
    }

    /** The last word about a version. */
    public Optional<Rollout> of(PolicyId policy, long version) {
        return word(policy, version).map(Word::rollout);
    }

    /** The sequence of that word; 0 for none. */
    long sequenceOf(PolicyId policy, long version) {
        return word(policy, version).map(Word::sequence).orElse(0L);
    }

    private Optional<Word> word(PolicyId policy, long version) {
        return Optional.ofNullable(words.get(policy)).map(versions -> versions.get(version));
    }

    /** How the latest version of a policy stands. One that is not staged counts as promoted: all hosts have it. */
    public RolloutState stateOf(StoredPolicy latest) {
        return latest.canary() == null
                ? RolloutState.PROMOTED
                : of(latest.policyId(), latest.version()).map(Rollout::state).orElse(RolloutState.RUNNING);
    }
}
