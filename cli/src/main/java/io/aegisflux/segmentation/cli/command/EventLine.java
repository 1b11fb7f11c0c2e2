package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.cli.terminal.Tone;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.PolicyId;

/** An event on one line: when, where, who to whom, what became of it, and which rule of which policy's version. */
final class EventLine {
    private static final int HOST_WIDTH = 10;
    private static final int FLOW_WIDTH = 44;

    private EventLine() {}

    static String of(FlowEvent event, Output output) {
        boolean colors = output.outColors();
        Cell verdict = event.verdict() == null ? Cell.none() : Glyph.of(event.verdict());
        StringBuilder line = new StringBuilder()
                .append(event.timestamp() == null ? "–" : output.time(event.timestamp()))
                .append("  ")
                .append(padded(text(event.hostId()), HOST_WIDTH))
                .append("  ")
                .append(padded(flow(event), FLOW_WIDTH))
                .append("  ")
                .append(verdict.tone().paint(padded(verdict.text(), 9), colors))
                .append("  ")
                .append(decider(event.policyId(), event.policyVersion(), event.ruleId()))
                .append("  ")
                .append(hook(event))
                .append("  ")
                .append(event.reason() == null ? "" : event.reason().wireName());
        if (event.count() > 1) {
            line.append("  ×").append(event.count());
        }
        if (event.id() != null) {
            line.append("  ").append(Tone.FAINT.paint(Printable.of("id=" + event.id()), colors));
        }
        return line.toString();
    }

    private static String flow(FlowEvent event) {
        boolean ports = event.destPort() != 0;
        return "%s → %s %s"
                .formatted(
                        endpoint(event.sourceIp(), 0),
                        endpoint(event.destIp(), ports ? event.destPort() : 0),
                        text(event.protocol()));
    }

    static String endpoint(String address, int port) {
        String shown = address == null ? "?" : Printable.of(address);
        if (port == 0) {
            return shown;
        }
        return shown.indexOf(':') >= 0 ? "[%s]:%d".formatted(shown, port) : shown + ":" + port;
    }

    /** @param policy null when none decided */
    static String decider(PolicyId policy, Long version, String rule) {
        if (policy == null) {
            return "(no policy)";
        }
        return Printable.of("%s@v%d/%s".formatted(policy, version, rule));
    }

    private static String hook(FlowEvent event) {
        String hook = event.hook() == null ? "" : event.hook().wireName();
        return event.interfaceName() == null || event.interfaceName().isEmpty()
                ? hook
                : Printable.of(hook + "/" + event.interfaceName());
    }

    private static String text(Object value) {
        return value == null ? "?" : Printable.of(value.toString());
    }

    static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.codePointCount(0, text.length())));
    }
}
