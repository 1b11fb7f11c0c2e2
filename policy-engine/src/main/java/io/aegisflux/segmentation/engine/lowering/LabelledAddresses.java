package io.aegisflux.segmentation.engine.lowering;

import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.interval.AddressSet;
import io.aegisflux.segmentation.engine.language.LabelMatch;
import io.aegisflux.segmentation.engine.language.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Which addresses carry which labels. An address has a label when any workload that it belongs to has it, with the
 * values of all of them. Safe for use by several threads.
 */
public final class LabelledAddresses {
    /** By key, then by value. */
    private final Map<String, Map<String, AddressSet>> byLabel = new HashMap<>();

    private final List<String> tooLong = new ArrayList<>();
    private final Map<Query, AddressSet> answers = new ConcurrentHashMap<>();

    private record Query(String key, LabelMatch match) {}

    /** @param workloads those of all hosts */
    public LabelledAddresses(List<Workload> workloads) {
        Map<String, Map<String, List<AddressSet>>> collected = new HashMap<>();
        for (Workload workload : workloads) {
            AddressSet addresses = AddressSet.of(
                    workload.addresses().stream().map(Prefix::parse).toList());
            workload.labels().forEach((key, value) -> {
                if (value.length() > Limits.LABEL_VALUE) {
                    tooLong.add("%s: label %s has %d characters".formatted(workload.name(), key, value.length()));
                    return;
                }
                collected
                        .computeIfAbsent(key, ignored -> new HashMap<>())
                        .computeIfAbsent(value, ignored -> new ArrayList<>())
                        .add(addresses);
            });
        }
        collected.forEach((key, values) -> {
            Map<String, AddressSet> sets = new HashMap<>();
            values.forEach((value, parts) -> sets.put(value, AddressSet.union(parts)));
            byLabel.put(key, sets);
        });
    }

    /** The labels that were left out because no condition could name their value. */
    List<String> tooLong() {
        return List.copyOf(tooLong);
    }

    /** The addresses that have the label with a fitting value; of a negated match those of which no value fits. */
    public AddressSet matching(String key, LabelMatch match) {
        return answers.computeIfAbsent(new Query(key, match), ignored -> find(key, match));
    }

    private AddressSet find(String key, LabelMatch match) {
        AddressSet fitting = having(key, match::holdsWithoutNegation);
        return match.operator().isNegated() ? having(key, value -> true).minus(fitting) : fitting;
    }

    private AddressSet having(String key, Predicate<String> value) {
        return AddressSet.union(byLabel.getOrDefault(key, Map.of()).entrySet().stream()
                .filter(entry -> value.test(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList());
    }
}
