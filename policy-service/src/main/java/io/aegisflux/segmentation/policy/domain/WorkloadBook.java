package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.RegisteredWorkload;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.contracts.WorkloadId;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The workloads of the registry. Immutable.
 *
 * @param entries by id
 * @param sequence of the last message of the registry's stream that counted
 */
public record WorkloadBook(Map<WorkloadId, Entry> entries, long sequence) {
    public static final WorkloadBook EMPTY = new WorkloadBook(Map.of(), 0);

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
        entries = Map.copyOf(entries);
    }

    /** With what a message said; the stream's order is the order that counts. */
    public WorkloadBook with(Registration registration, long messageSequence) {
        Map<WorkloadId, Entry> next = new HashMap<>(entries);
        switch (registration) {
            case Registration.Registered(RegisteredWorkload workload) ->
                next.put(workload.id(), new Entry(workload, messageSequence));
            case Registration.Removed(WorkloadId id) -> next.remove(id);
            case Registration.Refused refused -> {
                return this;
            }
        }
        return new WorkloadBook(next, Math.max(sequence, messageSequence));
    }

    /** Whether this is the id of one. */
    public boolean knows(String id) {
        return entries.keySet().stream().anyMatch(known -> known.value().equals(id));
    }

    /** Without what has expired; this very book where nothing has. */
    public WorkloadBook at(Instant now) {
        Predicate<Entry> expired = entry -> entry.isExpired(now);
        return entries.values().stream().noneMatch(expired)
                ? this
                : new WorkloadBook(
                        entries.entrySet().stream()
                                .filter(entry -> !expired.test(entry.getValue()))
                                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
                        sequence);
    }

    /** What has expired but was not removed yet. */
    public List<Entry> expired(Instant now) {
        return entries.values().stream().filter(entry -> entry.isExpired(now)).toList();
    }

    /** When the next one expires; empty when none will. */
    public Optional<Instant> nextExpiry() {
        return entries.values().stream()
                .map(entry -> entry.workload().expiresAt())
                .filter(expiry -> expiry != null)
                .min(Comparator.naturalOrder());
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
