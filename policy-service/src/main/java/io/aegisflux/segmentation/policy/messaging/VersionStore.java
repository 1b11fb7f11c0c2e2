package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.SequenceConflictException;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.nats.SubjectLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The versions of policies as their stream holds them. Messages that are none are passed over: a client can make the
 * broker write here (RELIABILITY.md §0.2).
 */
@ApplicationScoped
public class VersionStore {
    /** How far it looks back at first, in messages of the stream, when the newest of a policy is none of ours. */
    private static final long STRETCH = 256;

    /** More than the headers of a write come to, in bytes. */
    private static final int HEADERS = 512;

    private final Bus bus;
    private final SubjectLog log;

    /**
     * What a writer must know.
     *
     * @param version the last version, empty when there was none ever
     * @param sequence of the subject's last message, whatever it is; 0 for none
     */
    record Newest(Optional<StoredPolicy> version, long sequence) {}

    private record Found(StoredPolicy version, long sequence) {}

    @Inject
    public VersionStore(Bus bus) {
        this.bus = bus;
        this.log = new SubjectLog(bus, Streams.POLICY_STORE);
    }

    /**
     * Adds a version.
     *
     * @param after what {@link Newest#sequence} was when it was decided
     * @throws SequenceConflictException when another writer was first
     * @throws BusException when the stream does not take it
     */
    void append(StoredPolicy version, long after) {
        bus.publishExpecting(Subjects.policyStore(version.policyId()), Wire.write(version), null, after);
    }

    /** Why the broker would not take a version, which has a few members more than its document; empty when it would. */
    Optional<Violation> tooLarge(StoredPolicy version) {
        long bytes = Wire.write(version).length + HEADERS;
        long most = bus.connection().getMaxPayload();
        return bytes <= most
                ? Optional.empty()
                : Optional.of(new Violation(
                        "",
                        "the stored version would have %d bytes, the broker takes %d".formatted(bytes, most),
                        "split it into several policies, or raise the broker's max_payload"));
    }

    /** The last version of a policy. */
    Newest newest(PolicyId policy) {
        Optional<StoredMessage> last = log.newest(Subjects.policyStore(policy));
        if (last.isEmpty()) {
            return new Newest(Optional.empty(), 0);
        }
        long sequence = last.get().sequence();
        return new Newest(read(policy, last.get()).or(() -> lastBefore(policy, sequence)), sequence);
    }

    /** The first version of which this holds, if it holds of all that come after. Reads some of them only. */
    Optional<StoredPolicy> first(PolicyId policy, Predicate<StoredPolicy> holds) {
        long newest = log.newest(Subjects.policyStore(policy))
                .map(StoredMessage::sequence)
                .orElse(0L);
        return find(policy, holds, newest).map(Found::version);
    }

    /** The latest versions, the last one first. */
    List<StoredPolicy> last(PolicyId policy, int most) {
        Newest newest = newest(policy);
        if (newest.version().isEmpty()) {
            return List.of();
        }
        long from = newest.version().get().version() - most + 1;
        List<StoredPolicy> versions = new ArrayList<>();
        for (Optional<Found> at = find(policy, version -> version.version() >= from, newest.sequence());
                at.isPresent();
                at = next(policy, at.get().sequence() + 1, newest.sequence())) {
            versions.add(at.get().version());
        }
        return versions.reversed();
    }

    private Optional<Found> find(PolicyId policy, Predicate<StoredPolicy> holds, long newest) {
        Optional<Found> found = Optional.empty();
        long low = 1;
        long high = newest;
        while (low <= high) {
            long middle = (low + high) >>> 1;
            Optional<Found> next = next(policy, middle, high);
            if (next.isPresent() && !holds.test(next.get().version())) {
                low = next.get().sequence() + 1;
            } else {
                found = next.isPresent() ? next : found;
                high = middle - 1;
            }
        }
        return found;
    }

    /** Empty when the store has no such version. */
    Optional<StoredPolicy> version(PolicyId policy, long version) {
        return first(policy, stored -> stored.version() >= version).filter(stored -> stored.version() == version);
    }

    /** Whether a message of the store is a version of this policy. */
    static Optional<StoredPolicy> read(PolicyId policy, byte[] message) {
        try {
            return Optional.of(Wire.read(message, StoredPolicy.class))
                    .filter(stored -> stored.policyId().equals(policy));
        } catch (MalformedMessageException e) {
            return Optional.empty();
        }
    }

    private Optional<StoredPolicy> lastBefore(PolicyId policy, long sequence) {
        for (long stretch = STRETCH; ; stretch *= 4) {
            long from = Math.max(1, sequence - stretch);
            Optional<StoredPolicy> last = Optional.empty();
            for (Optional<Found> at = next(policy, from, sequence - 1);
                    at.isPresent();
                    at = next(policy, at.get().sequence() + 1, sequence - 1)) {
                last = at.map(Found::version);
            }
            if (last.isPresent() || from == 1) {
                return last;
            }
        }
    }

    /** The first version in this part of the stream. */
    private Optional<Found> next(PolicyId policy, long from, long to) {
        String subject = Subjects.policyStore(policy);
        for (Optional<StoredMessage> at = log.next(subject, from);
                at.isPresent() && at.get().sequence() <= to;
                at = log.next(subject, at.get().sequence() + 1)) {
            Optional<StoredPolicy> version = read(policy, at.get());
            if (version.isPresent()) {
                return Optional.of(new Found(version.get(), at.get().sequence()));
            }
        }
        return Optional.empty();
    }

    private static Optional<StoredPolicy> read(PolicyId policy, StoredMessage message) {
        return read(policy, message.data());
    }
}
