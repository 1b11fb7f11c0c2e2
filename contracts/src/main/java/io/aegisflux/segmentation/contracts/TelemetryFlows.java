package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * Aggregated flows of the last window, on {@code segmentation.telemetry.flows}: what events told, and what hosts recorded as
 * allowed.
 *
 * @param from begin of the window
 * @param to end of the window
 * @param omitted rows that did not fit; an event that found no place counts as a row of its own
 * @param allowed decisions of the window, those of omitted rows included
 * @param dropped as allowed
 * @param audited as allowed
 * @param lost decisions of which hosts could not tell, and events that their stream gave up before they were read
 * @param through number of the last {@link PartialFlows} that is in it; the next window begins behind it, whoever publishes it
 */
public record TelemetryFlows(
        Instant from,
        Instant to,
        List<FlowRow> flows,
        long omitted,
        long allowed,
        long dropped,
        long audited,
        long lost,
        long through) {
    public TelemetryFlows {
        requireNonNull(from, "from is missing");
        requireNonNull(to, "to is missing");
        flows = Frozen.list(flows, "flows");
        Figures.requireCount(omitted, "omitted");
        Figures.requireCount(allowed, "allowed");
        Figures.requireCount(dropped, "dropped");
        Figures.requireCount(audited, "audited");
        Figures.requireCount(lost, "lost");
        Figures.requireCount(through, "through");
    }
}
