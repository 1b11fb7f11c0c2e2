package io.aegisflux.segmentation.agent.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was said of programs of others, so that each is told of once when it comes and once when it goes. */
final class OtherProgramsTold {
    private Map<String, List<OtherProgram>> told = Map.of();

    /**
     * Compares with what was told last.
     *
     * @param now by the name of the place
     * @return a sentence for each program that came or went
     */
    List<String> tell(Map<String, List<OtherProgram>> now) {
        List<String> sentences = new ArrayList<>();
        now.forEach((place, others) -> others.stream()
                .filter(other -> !at(told, place).contains(other))
                .forEach(other -> sentences.add("%s: %s runs too".formatted(place, other.text()))));
        told.forEach((place, others) -> others.stream()
                .filter(other -> !at(now, place).contains(other))
                .forEach(other -> sentences.add("%s: %s does not run any more".formatted(place, other.text()))));
        told = new HashMap<>(now);
        return sentences;
    }

    private static List<OtherProgram> at(Map<String, List<OtherProgram>> programs, String place) {
        return programs.getOrDefault(place, List.of());
    }
}
