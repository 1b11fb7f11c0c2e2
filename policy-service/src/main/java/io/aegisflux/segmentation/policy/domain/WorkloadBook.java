package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.RegisteredWorkload;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.contracts.WorkloadId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The workloads of the registry. Immutable.
 *
 * @param entries by id
 * @param sequence of the last message of the registry's stream that counted
 * @param firstExpiry of any entry; null when none expires
 */
public record WorkloadBook(Map<WorkloadId, Entry> entries, long sequence, Instant firstExpiry) {
    public static final WorkloadBook EMPTY = new WorkloadBook(Map.of(), 0, null);

    /** @param sequence of the message that registered it */
    public record Entry(RegisteredWorkload workload, long sequence) {
        public Entry {
            requireNonNull(workload, "workload is null");
        }

        boolean isExpired(Instant now) {
            return workload.expiresAt() != null && !now.isBefore(workload.expiresAt());
        }
    }

    public WorkloadBook {
        entries = Shards.of(entries);
    }

    /** With what a message said; the stream's order is the order that counts. */
    public WorkloadBook with(Registration registration, long messageSequence) {
        long read = Math.max(sequence, messageSequence);
        return switch (registration) {
            case Registration.Registered(RegisteredWorkload workload) -> {
                WorkloadBook others = without(workload.id(), read);
                yield new WorkloadBook(
                        Shards.of(others.entries).with(workload.id(), new Entry(workload, messageSequence)),
                        read,
                        earlier(others.firstExpiry, workload.expiresAt()));
            }
            case Registration.Removed(WorkloadId id) -> without(id, read);
            case Registration.Refused refused -> this;
        };
    }

    /** All are looked at only where the first to expire goes. */
    private WorkloadBook without(WorkloadId id, long read) {
        Entry known = entries.get(id);
        Map<WorkloadId, Entry> others = Shards.of(entries).without(id);
        boolean wasFirst = known != null
                && known.workload().expiresAt() != null
                && known.workload().expiresAt().equals(firstExpiry);
        return new WorkloadBook(others, read, wasFirst ? firstExpiryOf(others) : firstExpiry);
    }

    private static Instant firstExpiryOf(Map<WorkloadId, Entry> entries) {
        return entries.values().stream()
                .map(entry -> entry.workload().expiresAt())
                .reduce(null, WorkloadBook::earlier);
    }

    /** Null stands for never. */
    private static Instant earlier(Instant one, Instant other) {
        return one == null || other != null && other.isBefore(one) ? other : one;
    }

    /** Whether this is the id of one. */
    public boolean knows(String id) {
        return entries.keySet().stream().anyMatch(known -> known.value().equals(id));
    }

    /** Without what has expired; this very book where nothing has. */
    public WorkloadBook at(Instant now) {
        if (firstExpiry == null || now.isBefore(firstExpiry)) {
            return this;
        }
        Map<WorkloadId, Entry> left = entries.entrySet().stream()
                .filter(entry -> !entry.getValue().isExpired(now))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return new WorkloadBook(left, sequence, firstExpiryOf(left));
    }

    /** What has expired but was not removed yet. */
    public List<Entry> expired(Instant now) {
        return firstExpiry == null || now.isBefore(firstExpiry)
                ? List.of()
                : entries.values().stream()
                        .filter(entry -> entry.isExpired(now))
                        .toList();
    }

    /** When the next one expires; empty when none will. */
    public Optional<Instant> nextExpiry() {
        return Optional.ofNullable(firstExpiry);
    }

    /** By id. */
    public List<RegisteredWorkload> all() {
        return entries.values().stream()
                .map(Entry::workload)
                .sorted(Comparator.comparing(workload -> workload.id().value()))
                .toList();
    }

    /** As label conditions see them, in an order that does not depend on who came first. */
    public List<Workload> workloads() {
        return all().stream().map(RegisteredWorkload::workload).toList();
    }
}
