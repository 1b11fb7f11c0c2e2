package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.command.FleetStatus.Host;
import io.aegisflux.segmentation.cli.command.FleetStatus.HostState;
import io.aegisflux.segmentation.cli.command.FleetStatus.Policies;
import io.aegisflux.segmentation.cli.command.FleetStatus.Service;
import io.aegisflux.segmentation.cli.terminal.Ages;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Table;
import io.aegisflux.segmentation.cli.terminal.Tone;
import java.time.Duration;
import java.util.stream.Collectors;

/** A {@link FleetStatus} for people. */
final class StatusScreen {
    private final Output output;

    StatusScreen(Output output) {
        this.output = output;
    }

    void print(FleetStatus status) {
        output.line("%s      %s (nats-server %s, %s)"
                .formatted(
                        Tone.HEADING.paint("AegisFlux Segmentation " + Version.number(), output.outColors()),
                        status.broker().url(),
                        status.broker().version(),
                        status.broker().jetstream() ? "JetStream ok" : "no JetStream"));
        output.line(
                "  services   " + status.services().stream().map(this::service).collect(Collectors.joining("   ")));
        output.line("  policies   " + (status.policies() == null ? "unknown" : policies(status.policies())));
        output.line("  hosts      " + (status.hosts() == null ? "unknown" : hosts(status)));
        if (status.hosts() != null && !status.hosts().isEmpty()) {
            output.line("");
            output.table(table(status));
        }
    }

    private String service(Service service) {
        String heard = service.lastHeard() == null ? "never heard" : Ages.ago(service.lastHeard(), output.now());
        Cell cell = service.alive()
                ? Glyph.YES.with(service.name())
                : Glyph.NO.with("%s (%s)".formatted(service.name(), heard));
        return cell.tone().paint(cell.text(), output.outColors());
    }

    private static String policies(Policies policies) {
        return "%d enforced   %d audit   %d disabled     desired revision %d"
                .formatted(policies.enforced(), policies.audit(), policies.disabled(), policies.revision());
    }

    private static String hosts(FleetStatus status) {
        return "%d total   %d in step   %d behind   %d ahead   %d stale   %d without report"
                .formatted(
                        status.hosts().size(),
                        status.count(HostState.IN_STEP),
                        status.count(HostState.BEHIND),
                        status.count(HostState.AHEAD),
                        status.count(HostState.STALE),
                        status.count(HostState.NO_REPORT));
    }

    private Table table(FleetStatus status) {
        Table table =
                new Table("HOST", "STATE", "DESIRED>", "REPORTED>", "ALLOWED>", "DROPPED>", "LOST>", "LAST REPORT");
        for (Host host : status.hosts()) {
            table.row(
                    Cell.of(host.hostId().value()),
                    state(host.state()),
                    Cell.of(host.desiredRevision()),
                    number(host.reportedRevision()),
                    number(host.packetsAllowed()),
                    number(host.packetsDropped()),
                    number(host.eventsLost()),
                    host.lastReport() == null ? Cell.none() : lastReport(host));
        }
        return table;
    }

    private Cell lastReport(Host host) {
        String ago = Ages.ago(host.lastReport(), output.now());
        if (host.clockAheadSeconds() == null) {
            return Cell.of(ago);
        }
        long ahead = host.clockAheadSeconds();
        return new Cell(
                "%s, its clock %s %s"
                        .formatted(ago, Ages.of(Duration.ofSeconds(Math.abs(ahead))), ahead > 0 ? "ahead" : "behind"),
                Tone.CAUTION);
    }

    private Cell state(HostState state) {
        return switch (state) {
            case IN_STEP -> Glyph.YES.with("in step");
            case BEHIND -> Glyph.HALF.with("behind");
            case AHEAD -> Glyph.NO.with("ahead");
            case STALE -> Glyph.NO.with("stale");
            case NO_REPORT -> Glyph.NO.with("no report");
        };
    }

    private static Cell number(Long value) {
        return value == null ? Cell.none() : Cell.of(value);
    }
}
