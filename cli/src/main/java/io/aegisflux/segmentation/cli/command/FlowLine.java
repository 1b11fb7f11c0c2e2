package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.cli.terminal.Tone;
import io.aegisflux.segmentation.contracts.FlowEnd;
import io.aegisflux.segmentation.contracts.FlowRow;

/** A row of flows on one line, as {@link EventLine}, with names where they are known. */
final class FlowLine {
    private static final int HOST_WIDTH = 10;
    private static final int FLOW_WIDTH = 44;

    private FlowLine() {}

    static String of(FlowRow row, Output output) {
        boolean colors = output.outColors();
        Cell verdict = Glyph.of(row.verdict());
        String flow = "%s → %s %s"
                .formatted(end(row.source(), 0), end(row.dest(), row.destPort()), Printable.of(row.protocol()));
        StringBuilder line = new StringBuilder()
                .append(output.time(row.last()))
                .append("  ")
                .append(EventLine.padded(row.hostId().value(), HOST_WIDTH))
                .append("  ")
                .append(EventLine.padded(flow, FLOW_WIDTH))
                .append("  ")
                .append(verdict.tone().paint(EventLine.padded(verdict.text(), 9), colors))
                .append("  ")
                .append(EventLine.decider(row.policyId(), row.policyVersion(), row.ruleId()))
                .append("  ")
                .append(row.reason().wireName());
        if (row.count() == 0) {
            line.append("  goes on");
        } else if (row.count() > 1) {
            line.append("  ×").append(row.count());
        }
        if (row.eventId() != null) {
            line.append("  ").append(Tone.FAINT.paint(Printable.of("id=" + row.eventId()), colors));
        }
        return line.toString();
    }

    private static String end(FlowEnd end, int port) {
        return EventLine.endpoint(end.workload() == null ? end.ip() : end.workload(), port);
    }
}
