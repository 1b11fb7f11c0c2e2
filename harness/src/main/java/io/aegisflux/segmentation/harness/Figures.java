package io.aegisflux.segmentation.harness;

import io.aegisflux.segmentation.contracts.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The figures of a benchmark, each with what it is measured beside and what it should be; as JSON and as Markdown. */
public final class Figures {
    private final Map<String, String> machine = new LinkedHashMap<>();
    private final List<Figure> all = new ArrayList<>();

    /** @param tools name to version of what takes part, shown beside the machine */
    public Figures(Map<String, String> tools) {
        machine.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        machine.put("kernel", Command.run("uname", "-sr").strip());
        machine.put("JVM", Runtime.version().toString());
        machine.putAll(tools);
    }

    /**
     * One figure.
     *
     * @param reference what it was measured beside in the same run, in words; null where there is none
     * @param target the most it may be, or the least where {@code atLeast}; null where none is set
     */
    public record Figure(
            String section,
            String what,
            double value,
            String unit,
            String reference,
            Double target,
            boolean atLeast,
            Boolean met) {}

    /** A figure without a target. */
    public void add(String section, String what, double value, String unit, String reference) {
        add(new Figure(section, what, rounded(value), unit, reference, null, false, null));
    }

    /** A figure that should be no more than its target. */
    public void atMost(double target, String section, String what, double value, String unit, String reference) {
        add(new Figure(section, what, rounded(value), unit, reference, target, false, value <= target));
    }

    /** A figure that should be no less than its target. */
    public void atLeast(double target, String section, String what, double value, String unit, String reference) {
        add(new Figure(section, what, rounded(value), unit, reference, target, true, value >= target));
    }

    private void add(Figure figure) {
        all.add(figure);
        System.out.println(row(figure));
    }

    /** Writes name.json and name.md into a directory. */
    public void write(Path directory, String name) throws IOException {
        Files.createDirectories(directory);
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("machine", machine);
        content.put("figures", all);
        Files.write(directory.resolve(name + ".json"), Wire.write(content));
        StringBuilder page = new StringBuilder();
        machine.forEach((what, value) -> page.append("- %s: %s%n".formatted(what, value)));
        String section = "";
        for (Figure figure : all) {
            if (!figure.section.equals(section)) {
                section = figure.section;
                page.append("%n### %s%n%n| what | figure | beside | target | |%n|---|---|---|---|---|%n"
                        .formatted(section));
            }
            page.append(row(figure)).append(System.lineSeparator());
        }
        long missed =
                all.stream().filter(figure -> Boolean.FALSE.equals(figure.met)).count();
        long set = all.stream().map(Figure::target).filter(Objects::nonNull).count();
        page.append("%n%d of %d targets met.%n".formatted(set - missed, set));
        Files.writeString(directory.resolve(name + ".md"), page);
        System.out.printf("%d of %d targets met%n", set - missed, set);
    }

    private static String row(Figure figure) {
        String target =
                figure.target == null ? "" : (figure.atLeast ? "≥ " : "≤ ") + shown(figure.target) + " " + figure.unit;
        return "| %s | %s %s | %s | %s | %s |"
                .formatted(
                        figure.what,
                        shown(figure.value),
                        figure.unit,
                        Objects.requireNonNullElse(figure.reference, ""),
                        target,
                        figure.met == null ? "" : figure.met ? "met" : "**missed**");
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }

    private static String shown(double value) {
        return value == Math.rint(value) ? "%,d".formatted((long) value) : "%,.2f".formatted(value);
    }
}
