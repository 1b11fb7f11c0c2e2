package io.aegisflux.segmentation.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.ServiceProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hundred thousand events at once, in the 128 MiB of heap that the harness gives a service. */
class BurstIT {
    private static final int EVENTS = 100_000;
    private static final int PORTS = 65_000;
    private static final int IN_FLIGHT = 5_000;

    @TempDir
    Path directory;

    @Test
    void losesNoCountAndTellsHowManyRowsItLeftOut() throws Exception {
        try (NatsServer nats = HurriedBroker.start(directory.resolve("nats"));
                FleetDouble fleet = new FleetDouble(nats.url());
                ServiceProcess service = ServiceProcess.start(
                                "telemetry-service", Map.of("NATS_URL", nats.url()), directory.resolve("service.log"))
                        .awaitReady(Duration.ofSeconds(60))) {
            burst(fleet);
            long decisions = EVENTS + 2L * (EVENTS - PORTS);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() ->
                            assertThat(sum(fleet, TelemetryFlows::dropped)).isEqualTo(decisions));
            assertThat(fleet.windows)
                    .allMatch(window -> window.flows().size() <= 500)
                    .anyMatch(window -> window.omitted() > 0);
            assertThat(sum(fleet, window -> window.flows().size() + window.omitted()))
                    .as("each event is in a row that is shown, or in one that is not")
                    .isBetween((long) PORTS, (long) EVENTS);
            fleet.assertNoWindowTwice();
            assertThat(Scrape.of(service).value("segmentation_decisions_total{verdict=\"dropped\",}"))
                    .hasValue(decisions);
        }
    }

    /** Each port once, and those of the second round with a count of three. */
    private static void burst(FleetDouble fleet) throws InterruptedException, ExecutionException {
        List<CompletableFuture<?>> out = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            out.add(fleet.dropAsync("burst", 1 + i % PORTS, i < PORTS ? 1 : 3));
            if (out.size() == IN_FLIGHT) {
                CompletableFuture.allOf(out.toArray(CompletableFuture[]::new)).get();
                out.clear();
            }
        }
        CompletableFuture.allOf(out.toArray(CompletableFuture[]::new)).get();
    }

    private static long sum(FleetDouble fleet, ToLongFunction<TelemetryFlows> figure) {
        return fleet.windows.stream().mapToLong(figure).sum();
    }
}
