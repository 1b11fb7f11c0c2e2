package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.MetricsReport;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Why a host lets traffic pass that no policy has judged. */
enum FailOpen {
    /** No hook has a program. */
    NO_PROGRAM,
    /** No table was ever put in force, and the host's posture is to allow. */
    NO_TABLE,
    /** Packets of an interface pass by: tc has no program there. XDP may be off, for tc does its work. */
    HOOK_OFF;

    private static final List<Hook> NEEDED = List.of(Hook.TC_INGRESS, Hook.TC_EGRESS);

    /** As in labels. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether each reason holds.
     *
     * @param programs as {@link HookStates#count}; empty while the host's capabilities are not known
     */
    static Map<FailOpen, Boolean> of(MetricsReport figures, Map<Hook, Map<String, Integer>> programs, Action posture) {
        Map<FailOpen, Boolean> holds = new EnumMap<>(FailOpen.class);
        holds.put(NO_PROGRAM, figures.programsLoaded() == 0);
        holds.put(NO_TABLE, figures.generation() == 0 && posture == Action.ALLOW);
        holds.put(
                HOOK_OFF,
                NEEDED.stream()
                        .anyMatch(hook -> programs.getOrDefault(hook, Map.of()).containsKey(HookStates.OFF)));
        return holds;
    }
}
