package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.Staging;
import io.aegisflux.segmentation.cli.outcome.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a publish is to be rolled out. Policy-service judges the values; see docs/rollout.md. */
final class StagingOptions {
    private enum Promote {
        AUTO,
        MANUAL
    }

    @Option(
            names = "--canary",
            paramLabel = "WHO",
            description =
                    "Stage it: 10%%, label:tier=canary or hosts:a,b get it first, the others when it is promoted.")
    private String canary;

    @Option(
            names = "--soak",
            paramLabel = "TIME",
            description = "How long each canary host has to be well before (default: 60s).")
    private Duration soak;

    @Option(names = "--ack", paramLabel = "TIME", description = "How long it may take to apply it (default: 30s).")
    private Duration acknowledge;

    @Option(names = "--silence", paramLabel = "TIME", description = "How long it may say nothing (default: 90s).")
    private Duration silence;

    @Option(
            names = "--max-drops",
            paramLabel = "N",
            description = "How many packets the version's rules may drop there (default: 100).")
    private Long maxDrops;

    @Option(
            names = "--promote",
            paramLabel = "HOW",
            description = "auto, or manual: wait for 'segctl rollout promote' (default: auto).")
    private Promote promote;

    /**
     * Empty for all hosts at once.
     *
     * @throws Failure of the usage kind when something is said of a rollout that is none
     */
    Optional<Staging> staging() {
        List<String> terms = new ArrayList<>();
        time("soak", soak, terms);
        time("ack", acknowledge, terms);
        time("silence", silence, terms);
        if (maxDrops != null) {
            terms.add("max-drops=" + maxDrops);
        }
        if (promote != null) {
            terms.add("promote=" + promote.name().toLowerCase(Locale.ROOT));
        }
        if (canary == null && !terms.isEmpty()) {
            throw Failure.usage(
                    "%s is of a staged version, and --canary is missing"
                            .formatted(terms.getFirst().replaceFirst("=.*", "")),
                    "segctl policy apply -f FILE --canary 10% --soak 60s");
        }
        return canary == null ? Optional.empty() : Optional.of(new Staging(canary, String.join(",", terms)));
    }

    private static void time(String term, Duration time, List<String> terms) {
        if (time == null) {
            return;
        }
        if (time.toMillisPart() != 0) {
            throw Failure.usage("%s is in whole seconds".formatted(term), "write 5s, 2m or 1h");
        }
        terms.add("%s=%ds".formatted(term, time.toSeconds()));
    }
}
