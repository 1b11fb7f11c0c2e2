package io.aegisflux.segmentation.engine.linting;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.InterfaceMatch;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Which names of interfaces hold conditions. */
final class InterfaceNames {
    private InterfaceNames() {}

    /** Whether one of the names holds all of the conditions. */
    static boolean anyHolds(Collection<String> names, List<InterfaceMatch> conditions) {
        return names.stream().anyMatch(name -> conditions.stream().allMatch(condition -> condition.matches(name)));
    }

    /** Whether a name that a condition asks for literally holds all of them. */
    static boolean anyNamedHolds(List<InterfaceMatch> conditions) {
        return conditions.stream()
                .filter(InterfaceNames::isLiteral)
                .anyMatch(condition -> anyHolds(condition.values(), conditions));
    }

    /** Whether no name at all can hold all of them; false where that cannot be told. */
    static boolean contradict(List<InterfaceMatch> conditions) {
        return conditions.stream().anyMatch(InterfaceNames::isLiteral) && !anyNamedHolds(conditions);
    }

    /** The interfaces on which a host has something attached; empty when its report does not tell. */
    static Optional<List<String>> attached(CapabilityReport host) {
        List<String> points = host.hookPoints().keySet().stream()
                .filter(point -> point.contains("@"))
                .toList();
        return points.isEmpty()
                ? Optional.empty()
                : Optional.of(points.stream()
                        .filter(point -> !Enforceability.isOff(host.hookPoints().get(point)))
                        .map(point -> point.substring(point.indexOf('@') + 1))
                        .distinct()
                        .sorted()
                        .toList());
    }

    private static boolean isLiteral(InterfaceMatch condition) {
        return condition.operator().equals("eq") || condition.operator().equals("in");
    }
}
