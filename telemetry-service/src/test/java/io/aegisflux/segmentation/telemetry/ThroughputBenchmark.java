package io.aegisflux.segmentation.telemetry;

import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MapEdge;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.TelemetryMap;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.Command;
import io.aegisflux.segmentation.harness.DroppedPackets;
import io.aegisflux.segmentation.harness.Figures;
import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.Processes;
import io.aegisflux.segmentation.harness.Repository;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsSettings;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.nats.StreamReplay;
import io.aegisflux.segmentation.telemetry.domain.MapView;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The packaged service on one core (TARGETS, Telemetry), with both of the JVM's compilers: how many events a second it takes
 * from its stream, by the processor time that it used, which others on the machine do not lengthen; what a burst of a
 * million events that are told while it listens is in its counters, windows and map; and how long an event takes to be on
 * {@code segmentation.telemetry.flows}. Writes target/bench/telemetry.json and telemetry.md. The first argument is the
 * number of events, default a million.
 */
public final class ThroughputBenchmark {
    private static final int LATENCY_EVENTS = 6_000;
    private static final int PORTS = 60_000;
    private static final int HOSTS = 100;
    private static final int SOURCES = 250;
    private static final int IN_FLIGHT = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final double MIB_KIB = 1_024;

    private static final Map<String, String> COMPILERS = new LinkedHashMap<>();

    static {
        COMPILERS.put("C1", "-XX:TieredStopAtLevel=1");
        COMPILERS.put("C2", "-XX:TieredStopAtLevel=4");
    }

    private final Figures figures = new Figures(Map.of(
            "broker", Command.run(NatsBinary.find().toString(), "--version").strip() + ", sync_interval: 2m"));
    private final List<TelemetryFlows> windows = new CopyOnWriteArrayList<>();
    private final NatsServer nats;
    private final Bus bus;
    private final Path log;
    private volatile MapView map = new MapView();

    private ThroughputBenchmark(NatsServer nats, Bus bus, Path log) {
        this.nats = nats;
        this.bus = bus;
        this.log = log;
        bus.connection()
                .createDispatcher(message -> windows.add(Wire.read(message.getData(), TelemetryFlows.class)))
                .subscribe(Subjects.TELEMETRY_FLOWS);
        Subscription changes = bus.connection().subscribe(Subjects.TELEMETRY_MAP);
        Thread.ofVirtual().start(() -> follow(changes));
    }

    /** In their order, which a dispatcher with many threads does not keep. */
    private void follow(Subscription changes) {
        try {
            Message message = changes.nextMessage(Duration.ZERO);
            while (message != null) {
                map.take(Wire.read(message.getData(), TelemetryMap.class));
                message = changes.nextMessage(Duration.ZERO);
            }
        } catch (InterruptedException | IllegalStateException e) {
            // the bench is over
        }
    }

    public static void main(String[] arguments) throws Exception {
        int events = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        Path log = Files.createTempFile("telemetry-bench-", ".log");
        try (NatsServer nats = HurriedBroker.start(Files.createTempDirectory("telemetry-bench-"));
                Bus bus = Bus.connect(NatsSettings.of(nats.url(), "bench"))) {
            Stream.of(Streams.EVENTS, Streams.FLOWS, Streams.PARTIALS)
                    .forEach(stream -> StreamCatalog.ensure(bus, stream));
            ThroughputBenchmark bench = new ThroughputBenchmark(nats, bus, log);
            bench.stored(events);
            bench.bursts(events);
            bench.shared(events);
            bench.latency();
            bench.figures.write(Repository.root().resolve("target/bench"), "telemetry");
        }
        Files.delete(log);
    }

    private ServiceProcess service(String compiler, String back) {
        return service(0, compiler, back);
    }

    private ServiceProcess service(int core, String compiler, String back) {
        int port = NatsServer.freePort();
        return ServiceProcess.start(
                List.of("taskset", "-c", Integer.toString(core)),
                "telemetry-service",
                List.of(COMPILERS.get(compiler)),
                Map.of(
                        "NATS_URL",
                        nats.url(),
                        "QUARKUS_HTTP_PORT",
                        Integer.toString(port),
                        "SEGMENTATION_PARTITIONS_BACK",
                        back),
                "http://127.0.0.1:" + port,
                log);
    }

    /** What the stream holds, read from its begin: its size is bounded. */
    private void stored(int events) throws Exception {
        tell(events);
        long held = bus.connection()
                .getStreamContext(Streams.EVENTS)
                .getStreamInfo()
                .getStreamState()
                .getMsgCount();
        String section = "telemetry-service on one core, %,d events of its stream".formatted(held);
        for (String compiler : COMPILERS.keySet()) {
            forget(Streams.PARTIALS); // nothing was read yet
            String beside = "%,.0f by the clock, a reader that only counts".formatted(read());
            try (ServiceProcess service = service(compiler, "PT24H")) {
                service.awaitOk("/q/health/live", Duration.ofSeconds(30));
                Run run = new Run(service);
                await(() -> run.total() >= held);
                run.rates(section, compiler, beside);
            }
        }
    }

    private void forget(String stream) throws Exception {
        bus.connection().jetStreamManagement().purgeStream(stream);
    }

    private double read() {
        long[] messages = new long[1];
        long start = System.nanoTime();
        StreamReplay.since(
                bus, Streams.EVENTS, Subjects.held(Subjects.EVENTS), Instant.EPOCH, (data, metadata) -> messages[0]++);
        return messages[0] / seconds(start);
    }

    /** As many events as fast as the broker takes them, while the service listens and publishes. */
    private void bursts(int events) throws Exception {
        for (String compiler : COMPILERS.keySet()) {
            String section = "A burst of %,d events to telemetry-service on one core, %s".formatted(events, compiler);
            begin();
            try (ServiceProcess service = service(compiler, "PT0S")) {
                service.awaitReady();
                await(() -> map.whole().isPresent());
                Run run = new Run(service);
                double told = tell(events);
                await(() -> run.counted() >= events);
                String beside = "%.1f s to tell them".formatted(told);
                run.rates(section, "", beside);
                figures.atMost(0, section, "not in its counters", Math.abs(events - run.counted()), "events", null);
                exact(section, events);
            }
        }
    }

    /** The same burst to two instances, a core for each: what the busier one has to do. */
    private void shared(int events) throws Exception {
        begin();
        try (ServiceProcess one = service(0, "C2", "PT0S");
                ServiceProcess other = service(1, "C2", "PT0S")) {
            one.awaitReady();
            other.awaitReady();
            await(() -> partitions(one) == partitions(other) && map.whole().isPresent());
            Run first = new Run(one);
            Run second = new Run(other);
            double told = tell(events);
            await(() -> first.counted() >= events && second.counted() >= events);
            String section = "A burst of %,d events to two instances of telemetry-service, C2".formatted(events);
            figures.add(
                    section,
                    "taken, a second of the busier one's processor time",
                    events / Math.max(first.cpu(), second.cpu()),
                    "events",
                    "%.1f s to tell them; %.1f and %.1f s of processor time"
                            .formatted(told, first.cpu(), second.cpu()));
            exact(section, events);
        }
    }

    private static long partitions(ServiceProcess service) {
        return sum(service, "segmentation_partitions ");
    }

    /** Of series that begin so. */
    private static long sum(ServiceProcess service, String series) {
        return service.get("/q/metrics")
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Nothing was read yet, and nothing heard. */
    private void begin() throws Exception {
        forget(Streams.EVENTS);
        forget(Streams.PARTIALS);
        windows.clear();
        map = new MapView();
    }

    private void exact(String section, int events) throws InterruptedException {
        await(() -> inWindows() >= events && onMap() >= events);
        figures.atMost(
                0,
                section,
                "in no window of segmentation.telemetry.flows",
                Math.abs(events - inWindows()),
                "events",
                "%,d told there as lost".formatted(sum(TelemetryFlows::lost)));
        figures.atMost(0, section, "not on the map", Math.abs(events - onMap()), "events", null);
    }

    private long inWindows() {
        return sum(TelemetryFlows::dropped);
    }

    private long sum(ToLongFunction<TelemetryFlows> figure) {
        return windows.stream().mapToLong(figure).sum();
    }

    private long onMap() {
        return map.whole().stream()
                .flatMap(whole -> whole.edges().stream())
                .mapToLong(MapEdge::dropped)
                .sum();
    }

    /** What a service does from now on. */
    private final class Run {
        private final ServiceProcess service;
        private final long before;
        private final long begin = System.nanoTime();
        private final long beginCpu;

        Run(ServiceProcess service) {
            this.service = service;
            this.before = total();
            this.beginCpu = Processes.cpuMillis(service.pid());
        }

        long counted() {
            return total() - before;
        }

        long total() {
            while (true) {
                try {
                    return sum(service, "segmentation_decisions_total{");
                } catch (UncheckedIOException e) { // it has its core full of events
                    if (!service.isAlive()) {
                        throw e;
                    }
                }
            }
        }

        /** Seconds of processor time. */
        double cpu() {
            return (Processes.cpuMillis(service.pid()) - beginCpu) / 1e3;
        }

        void rates(String section, String compiler, String beside) {
            long counted = counted();
            String prefix = compiler.isEmpty() ? "" : compiler + ": ";
            figures.atLeast(
                    50_000, section, prefix + "taken, a second of processor time", counted / cpu(), "events", beside);
            figures.add(section, prefix + "taken, a second", counted / seconds(begin), "events", beside);
            figures.add(
                    section,
                    prefix + "most memory resident",
                    Processes.mostResidentKiB(service.pid()) / MIB_KIB,
                    "MiB",
                    null);
        }
    }

    private void latency() throws Exception {
        Map<Integer, Long> sent = new ConcurrentHashMap<>();
        Queue<Double> plain = new ConcurrentLinkedQueue<>();
        Queue<Double> shown = new ConcurrentLinkedQueue<>();
        bus.connection()
                .createDispatcher(message -> {
                    Long at = sent.get(
                            Wire.read(message.getData(), FlowEvent.class).destPort());
                    if (at != null) {
                        plain.add(seconds(at));
                    }
                })
                .subscribe(Subjects.each(Subjects.EVENTS));
        bus.connection()
                .createDispatcher(message -> {
                    for (FlowRow flow :
                            Wire.read(message.getData(), TelemetryFlows.class).flows()) {
                        Long at = sent.get(flow.destPort());
                        if (at != null) {
                            shown.add(seconds(at));
                        }
                    }
                })
                .subscribe(Subjects.TELEMETRY_FLOWS);
        try (ServiceProcess service = service("C1", "PT0S")) {
            service.awaitReady();
            for (int i = 0; i < LATENCY_EVENTS; i++) {
                sent.put(1 + i, System.nanoTime());
                bus.publishAsync(Subjects.EVENTS + host(i), Wire.write(event(i)), null);
                Thread.sleep(5);
            }
            await(() -> shown.size() >= LATENCY_EVENTS);
        }
        String section = "From an event to segmentation.telemetry.flows, 200 events a second";
        double[] ours = sorted(shown);
        double[] reference = sorted(plain);
        figures.add(section, "median", median(ours), "s", "%.4f s, a plain subscriber".formatted(median(reference)));
        figures.atMost(1.5, section, "p99", p99(ours), "s", "%.4f s, a plain subscriber".formatted(p99(reference)));
        figures.atMost(0, section, "events that did not come", LATENCY_EVENTS - ours.length, "events", null);
    }

    private static double[] sorted(Queue<Double> seconds) {
        return seconds.stream().mapToDouble(each -> each).sorted().toArray();
    }

    private static double median(double[] sorted) {
        return sorted[sorted.length / 2];
    }

    private static double p99(double[] sorted) {
        return sorted[sorted.length * 99 / 100];
    }

    /** Publishes events and makes sure that the stream has each; how many seconds that took. */
    private double tell(int events) throws Exception {
        long start = System.nanoTime();
        List<CompletableFuture<?>> flight = new ArrayList<>(IN_FLIGHT);
        for (int i = 0; i < events; i++) {
            flight.add(bus.publishAsync(Subjects.EVENTS + host(i), Wire.write(event(i)), null));
            if (flight.size() == IN_FLIGHT || i == events - 1) {
                CompletableFuture.allOf(flight.toArray(CompletableFuture[]::new))
                        .get();
                flight.clear();
            }
        }
        return seconds(start);
    }

    private static String host(int i) {
        return "host-" + i % HOSTS;
    }

    private static FlowEvent event(int i) {
        return DroppedPackets.event(
                "bench-" + i, new HostId(host(i)), "10.8.1." + i % SOURCES, "10.8.2." + i % HOSTS, 1 + i % PORTS);
    }

    /** What does not come about shows in the figures. */
    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            Thread.sleep(200);
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
