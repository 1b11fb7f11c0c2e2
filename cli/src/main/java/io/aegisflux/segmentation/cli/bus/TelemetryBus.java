package io.aegisflux.segmentation.cli.bus;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.contracts.Wire;

/** What telemetry-service answers. */
public final class TelemetryBus {
    private final BusClient bus;

    public TelemetryBus(BusClient bus) {
        this.bus = requireNonNull(bus, "bus is null");
    }

    /** Flows of a window, the newest first. */
    public TelemetryApi.FlowsReply flows(TelemetryApi.FlowsRequest request) {
        return ask(TelemetryApi.FLOWS, request, TelemetryApi.FlowsReply.class);
    }

    /** The live map, or that of a window. */
    public TelemetryApi.MapReply map(TelemetryApi.MapRequest request) {
        return ask(TelemetryApi.MAP, request, TelemetryApi.MapReply.class);
    }

    /** Who does most in a window. */
    public TelemetryApi.TopReply top(TelemetryApi.TopRequest request) {
        return ask(TelemetryApi.TOP, request, TelemetryApi.TopReply.class);
    }

    /** What a key of filters can have as its value. */
    public TelemetryApi.HintsReply hints(TelemetryApi.HintsRequest request) {
        return ask(TelemetryApi.HINTS, request, TelemetryApi.HintsReply.class);
    }

    private <T> T ask(String verb, Object request, Class<T> type) {
        return Answers.read(bus.request(Subjects.api(TelemetryApi.SERVICE, verb), null, Wire.write(request)), type);
    }
}
