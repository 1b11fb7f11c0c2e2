package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.terminal.Ages;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.cli.terminal.Table;
import io.aegisflux.segmentation.cli.terminal.Tone;
import io.aegisflux.segmentation.contracts.Canary;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A {@link RolloutStatus} for people. */
final class RolloutScreen {
    private final Output output;

    RolloutScreen(Output output) {
        this.output = output;
    }

    /** @param most rows of hosts */
    List<String> lines(RolloutStatus rollout, int most) {
        List<String> lines = new ArrayList<>();
        lines.add(headline(rollout) + "   since " + Ages.ago(rollout.since(), output.now()));
        if (rollout.reason() != null) {
            lines.add("  because    " + reason(rollout));
        }
        lines.add("  canaries   %s: %d of %d hosts, %d acknowledged"
                .formatted(canaries(rollout), rollout.canaryHosts(), rollout.hostsTotal(), rollout.acknowledged()));
        lines.add("  others     " + others(rollout));
        lines.add("  terms      " + terms(rollout.canary()));
        lines.add("");
        lines.addAll(table(rollout, most).lines(output.outColors()));
        long left = rollout.hostsTotal() - Math.min(most, rollout.hosts().size());
        if (left > 0) {
            lines.add("… and %d more".formatted(left));
        }
        return lines;
    }

    /** One line, for who only wants to know what has changed. */
    String line(RolloutStatus rollout) {
        String drops = Long.toString(
                rollout.hosts().stream().mapToLong(RolloutStatus.Host::drops).sum());
        return "%s   %d of %d acknowledged   %s dropped%s"
                .formatted(
                        headline(rollout),
                        rollout.acknowledged(),
                        rollout.canaryHosts(),
                        drops,
                        rollout.reason() == null ? "" : "   " + reason(rollout));
    }

    static Cell state(RolloutState state) {
        return switch (state) {
            case RUNNING, PAUSED -> Glyph.HALF.with(state.wireName());
            case PROMOTED -> Glyph.YES.with(state.wireName());
            case ABORTED -> Glyph.NO.with(state.wireName());
            case SUPERSEDED -> new Cell(state.wireName(), Tone.FAINT);
        };
    }

    /** Which hosts, as one writes it. */
    static String canaries(RolloutStatus rollout) {
        Canary canary = rollout.canary();
        if (canary.percent() != null) {
            return canary.percent() + "%";
        }
        return canary.labels() != null
                ? canary.labels().entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(",", "label:", ""))
                : canary.hosts().stream().map(HostId::value).collect(Collectors.joining(",", "hosts:", ""));
    }

    private static String reason(RolloutStatus rollout) {
        String reason = Printable.of(rollout.reason());
        return rollout.author() == null ? reason : "%s (%s)".formatted(reason, rollout.author());
    }

    private String headline(RolloutStatus rollout) {
        Cell state = state(rollout.state());
        return "%s v%d  %s"
                .formatted(rollout.policyId(), rollout.version(), state.tone().paint(state.text(), output.outColors()));
    }

    private static String others(RolloutStatus rollout) {
        if (rollout.state() == RolloutState.PROMOTED) {
            return "have it, too";
        }
        if (rollout.baseVersion() == 0) {
            return "have no version";
        }
        return "have version %d%s"
                .formatted(rollout.baseVersion(), rollout.state() == RolloutState.ABORTED ? ", canaries again" : "");
    }

    private static String terms(Canary canary) {
        return "soak %d s   ack %d s   silence %d s   max-drops %d   promote %s"
                .formatted(
                        canary.soakSeconds(),
                        canary.ackSeconds(),
                        canary.silenceSeconds(),
                        canary.maxDrops(),
                        canary.promote());
    }

    private Table table(RolloutStatus rollout, int most) {
        Table table = new Table("HOST", "CANARY", "DESIRED>", "LOADED>", "ACKNOWLEDGED", "DROPS>", "HEALTH");
        rollout.hosts().stream()
                .limit(most)
                .forEach(host -> table.row(
                        Cell.of(host.hostId().value()),
                        host.canary() ? Cell.of("yes") : new Cell("no", Tone.FAINT),
                        version(host.desiredVersion()),
                        version(host.loadedVersion()),
                        host.acknowledgedAt() == null
                                ? Cell.none()
                                : Cell.of(Ages.ago(host.acknowledgedAt(), output.now())),
                        host.canary() ? Cell.of(host.drops()) : Cell.none(),
                        health(host)));
        return table;
    }

    private static Cell version(Long version) {
        return version == null ? Cell.none() : Cell.of(version);
    }

    private static Cell health(RolloutStatus.Host host) {
        if (host.health() == null) {
            return Cell.none();
        }
        return switch (host.health()) {
            case RolloutStatus.Host.HEALTHY -> Glyph.YES.with(host.health());
            case RolloutStatus.Host.FAILING ->
                Glyph.NO.with(host.note() == null ? host.health() : host.health() + ": " + host.note());
            default -> Glyph.HALF.with(host.health());
        };
    }
}
