package io.aegisflux.segmentation.e2e;

import io.aegisflux.segmentation.e2e.fleet.FleetBenchmark;
import io.aegisflux.segmentation.engine.classbench.Profile;
import io.aegisflux.segmentation.engine.evaluation.EvaluatorBenchmark;
import io.aegisflux.segmentation.harness.Command;
import io.aegisflux.segmentation.harness.Figures;
import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.Repository;
import java.util.List;
import java.util.Map;

/**
 * The figures of the control plane, met or missed: {@code ControlBenchmark [part…]}, a part being {@code evaluator}, {@code
 * maps}, {@code host} or {@code fleet}, all of them where none is named.
 */
final class ControlBenchmark {
    private static final int HOSTS = 1_000;
    private static final int RULES = 10_000;
    private static final List<String> PARTS = List.of("evaluator", "maps", "host", "fleet");

    private ControlBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        List<String> parts = arguments.length == 0 ? PARTS : List.of(arguments);
        for (String part : parts) {
            if (!PARTS.contains(part)) {
                System.err.printf("no part is called '%s': %s%n", part, String.join(", ", PARTS));
                System.exit(2);
            }
        }
        Figures figures = new Figures(Map.of(
                "broker", Command.run(NatsBinary.find().toString(), "--version").strip() + ", sync_interval: always"));
        if (parts.contains("evaluator")) {
            for (Profile profile : Profile.values()) {
                EvaluatorBenchmark.Rate rate = EvaluatorBenchmark.rate(profile, RULES);
                figures.atLeast(
                        1_000_000,
                        "Evaluating flows, 10,000 rules, one core",
                        "ClassBench's %s profile".formatted(profile.word()),
                        rate.indexed(),
                        "flows/s",
                        "%,.0f flows/s, looking at every rule".formatted(rate.scanning()));
            }
        }
        if (parts.contains("maps")) {
            MapSyncBenchmark.measure(figures);
        }
        if (parts.contains("host")) {
            EnforcementBenchmark.measure(figures);
        }
        if (parts.contains("fleet")) {
            FleetBenchmark.measure(figures, HOSTS, RULES);
        }
        figures.write(Repository.root().resolve("target/bench"), "control");
    }
}
