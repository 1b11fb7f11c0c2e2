package io.aegisflux.segmentation.contracts;

/** Requests and answers of {@code segmentation.api.telemetry.*}. */
public final class TelemetryApi {
    /** The service's word in the subjects. */
    public static final String SERVICE = "telemetry";

    /** An empty request → the last {@link TelemetrySummary}. */
    public static final String SUMMARY = "summary";
    /** An empty request → the last {@link TelemetryFlows}. */
    public static final String FLOWS = "flows";

    private TelemetryApi() {}
}
