package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.Hook;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** How a host's hooks stand, in words that cannot grow without bound: neither interfaces nor reasons are among them. */
final class HookStates {
    /** No program is attached. */
    static final String OFF = "off";

    private static final Set<String> STATES = Set.of("tcx", "clsact", "native", "generic", "cgroup", OFF);
    private static final String OTHER = "other";

    private HookStates() {}

    /**
     * Counts.
     *
     * @param hookPoints hook, with {@code @interface} where there are several, to how it is attached: a state, and what
     *     else there is to say after a space or a punctuation mark
     * @return how many attachments of a hook have which state; what is no hook is left out
     */
    static Map<Hook, Map<String, Integer>> count(Map<String, String> hookPoints) {
        Map<Hook, Map<String, Integer>> counts = new EnumMap<>(Hook.class);
        hookPoints.forEach((point, how) -> {
            String name = point.replaceFirst("@.*", "");
            for (Hook hook : Hook.values()) {
                if (hook.wireName().equals(name)) {
                    counts.computeIfAbsent(hook, ignored -> new TreeMap<>()).merge(state(how), 1, Integer::sum);
                }
            }
        });
        return counts;
    }

    private static String state(String how) {
        String word = how.replaceFirst("[^a-z].*", "");
        return STATES.contains(word) ? word : OTHER;
    }
}
