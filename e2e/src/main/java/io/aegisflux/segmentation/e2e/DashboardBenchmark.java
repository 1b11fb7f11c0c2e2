package io.aegisflux.segmentation.e2e;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.DroppedPackets;
import io.aegisflux.segmentation.harness.Figures;
import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.PlainClient;
import io.aegisflux.segmentation.harness.Repository;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.harness.WebSocketAccess;
import io.nats.client.Connection;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * What the dashboard's pages stand, met or missed: events at a rate that a large fleet tells in trouble, with the page open in
 * chromium, and a map of many nodes. Hosts are made of events alone; broker, telemetry-service and browser are real.
 */
final class DashboardBenchmark {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int RATE = 20_000;
    private static final int SECONDS = 10;
    private static final int NODES = 500;
    private static final Path WEBUI = Repository.root().resolve("telemetry-service/src/main/webui");

    private final Connection bus;
    private final String page;

    private DashboardBenchmark(Connection bus, String page) {
        this.bus = bus;
        this.page = page;
    }

    /** What a page told of itself, in milliseconds; layout is 0 where nothing was laid out. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Measured(double longest, int frames, double layout, int rows) {}

    public static void main(String[] arguments) throws Exception {
        Figures figures = new Figures(
                Map.of("broker", NatsBinary.find() + ", which does not wait for the disk", "browser", "chromium"));
        Path directory = Repository.root().resolve("target/bench");
        Files.createDirectories(directory);
        int http = NatsServer.freePort();
        int webSocket = NatsServer.freePort();
        Path store = Files.createTempDirectory("dashboard-bench-");
        String access = WebSocketAccess.configuration(
                LOOPBACK, webSocket, "http://%s:%d".formatted(LOOPBACK, http), WebSocketAccess.VIEWER);
        // A burst is one on any disk.
        String hurried =
                "jetstream { store_dir: \"%s\", sync_interval: 2m }%n%s".formatted(store.resolve("store"), access);
        try (NatsServer nats = NatsServer.start(NatsBinary.find(), LOOPBACK, NatsServer.freePort(), hurried, store);
                ServiceProcess telemetry = ServiceProcess.start(
                        "telemetry-service",
                        Map.of(
                                "NATS_URL", nats.url(),
                                "QUARKUS_HTTP_PORT", Integer.toString(http),
                                "SEGMENTATION_DASHBOARD_NATS_URL", "ws://%s:%d".formatted(LOOPBACK, webSocket)),
                        directory.resolve("dashboard-telemetry-service.log"))) {
            telemetry.awaitReady(Duration.ofSeconds(90));
            Connection bus = PlainClient.connect(nats.url());
            try {
                DashboardBenchmark bench = new DashboardBenchmark(bus, telemetry.http());
                bench.layOut(figures); // first: what came in a burst would have to be read through
                bench.stand("flows", figures);
                bench.stand("map", figures);
            } finally {
                bus.close();
            }
        }
        figures.write(directory, "dashboard");
    }

    /** Many events while the page is open. */
    private void stand(String which, Figures figures) throws Exception {
        Measured idle = measure(which, () -> Thread.sleep(Duration.ofSeconds(SECONDS)));
        long[] sent = new long[1];
        Measured measured = measure(which, () -> sent[0] = burst());
        String section = "%,d events a second for %d s, the page open".formatted(RATE, SECONDS);
        figures.add(section, which + ": events told", (double) sent[0] / SECONDS, "a second", null);
        figures.atMost(
                250,
                section,
                which + ": longest gap between two frames",
                measured.longest(),
                "ms",
                "%,.0f ms without events; %,d frames, %,d before"
                        .formatted(idle.longest(), measured.frames(), idle.frames()));
    }

    /** As many nodes as the map should bear, drawn from nothing. */
    private void layOut(Figures figures) throws Exception {
        for (int i = 0; i < NODES - 1; i++) {
            publish(i, "10.9.%d.%d".formatted(i / 250, 1 + i % 250), "10.9.9.%d".formatted(1 + i % 25));
        }
        bus.flush(Duration.ofSeconds(10));
        Thread.sleep(3_000); // until telemetry-service has published them
        Measured measured = measure("map", () -> Thread.sleep(8_000));
        figures.atMost(
                1_500,
                "A map drawn from nothing",
                "%d nodes laid out".formatted(NODES + 24),
                measured.layout(),
                "ms",
                "%,d connections".formatted(measured.rows() - 1));
    }

    /** @return how many events were told within the time */
    private long burst() {
        long begin = System.nanoTime();
        long end = begin + Duration.ofSeconds(SECONDS).toNanos();
        long sent = 0;
        for (long now = begin; now < end; now = System.nanoTime()) {
            long due = (now - begin) * RATE / 1_000_000_000L;
            for (; sent < due; sent++) {
                int i = (int) sent;
                publish(i, "10.7.1.%d".formatted(1 + i % 50), "10.7.2.%d".formatted(1 + i / 50 % 10));
            }
            LockSupport.parkNanos(1_000_000);
        }
        return sent;
    }

    private void publish(int i, String source, String dest) {
        HostId host = new HostId("host-" + i % 100);
        FlowEvent event =
                DroppedPackets.event(UUID.randomUUID().toString(), host, source, 40_000 + i % 20_000, dest, 1 + i % 4);
        bus.publish(Subjects.events(host), Wire.write(event));
    }

    private interface Load {
        void run() throws InterruptedException;
    }

    private Measured measure(String which, Load load) throws IOException, InterruptedException {
        Process node = new ProcessBuilder("node", "target/bench/dashboard.js", page + "/#/" + which)
                .directory(WEBUI.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader told = node.inputReader()) {
            require("ready".equals(told.readLine()), which);
            load.run();
            node.getOutputStream().write('\n');
            node.getOutputStream().flush();
            String line = told.readLine();
            require(line != null, which);
            return Wire.read(line.getBytes(StandardCharsets.UTF_8), Measured.class);
        } finally {
            node.destroy();
        }
    }

    private static void require(boolean told, String which) {
        if (!told) {
            throw new IllegalStateException(
                    "the page " + which + " did not open: see what chromium or node said above");
        }
    }
}
