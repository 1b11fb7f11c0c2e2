package io.aegisflux.segmentation.telemetry;

import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsSettings;
import io.aegisflux.segmentation.nats.StreamCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Run by hand, after {@code ./mvnw package}: how many events a second the packaged service takes on one core (by the
 * processor time it used, which others on the machine do not lengthen, and by the clock), and how long an event takes to
 * be on {@code segmentation.telemetry.flows}. Prints one line a figure. The first argument is the number of events,
 * default a million.
 */
public final class ThroughputBenchmark {
    private static final int LATENCY_EVENTS = 6_000;
    private static final int PORTS = 60_000;

    private final Bus bus;
    private final FlowEvent example = Wire.read(Examples.read("event-packet-dropped"), FlowEvent.class);

    private ThroughputBenchmark(Bus bus) {
        this.bus = bus;
    }

    /** Starts a broker, fills its stream, then starts the service on core 0. */
    public static void main(String[] arguments) throws Exception {
        Path log = Files.createTempFile("telemetry-bench-", ".log");
        try (NatsServer nats = HurriedBroker.start(Files.createTempDirectory("telemetry-bench-"));
                Bus bus = Bus.connect(NatsSettings.of(nats.url(), "bench"))) {
            ThroughputBenchmark bench = new ThroughputBenchmark(bus);
            StreamCatalog.ensure(bus, Streams.EVENTS);
            long events = bench.fill(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000);
            for (String compiler : List.of("-XX:TieredStopAtLevel=1", "-XX:TieredStopAtLevel=4")) {
                try (ServiceProcess service = service(nats, List.of(compiler), "all", log)) {
                    bench.throughput(service, events, compiler);
                }
            }
            try (ServiceProcess service = service(nats, List.of(), "new", log)) {
                service.awaitReady();
                bench.latency();
            }
        }
        Files.delete(log);
    }

    private static ServiceProcess service(NatsServer nats, List<String> options, String deliver, Path log) {
        int port = NatsServer.freePort();
        return ServiceProcess.start(
                List.of("taskset", "-c", "0"),
                "telemetry-service",
                options,
                Map.of(
                        "NATS_URL",
                        nats.url(),
                        "QUARKUS_HTTP_PORT",
                        Integer.toString(port),
                        "MP_MESSAGING_INCOMING_EVENTS_DELIVER",
                        deliver),
                "http://127.0.0.1:" + port,
                log);
    }

    /** How many the stream holds then: its size is bounded. */
    private long fill(int events) throws Exception {
        var last = bus.publishAsync(Subjects.events(example.hostId()), Wire.write(example), null);
        for (int i = 1; i < events; i++) {
            last = bus.publishAsync(Subjects.EVENTS + host(i), Wire.write(event(i)), null);
            if (i % 1_000 == 0) {
                last.get();
            }
        }
        last.get();
        return bus.connection()
                .getStreamContext(Streams.EVENTS)
                .getStreamInfo()
                .getStreamState()
                .getMsgCount();
    }

    private void throughput(ServiceProcess service, long events, String compiler)
            throws IOException, InterruptedException {
        service.awaitOk("/q/health/live", Duration.ofSeconds(30));
        long already = counted(service);
        long begin = System.nanoTime();
        Duration beginCpu = cpu(service);
        long counted = already;
        while (counted < events) {
            Thread.sleep(250);
            counted = counted(service);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        double cpuSeconds = cpu(service).minus(beginCpu).toNanos() / 1e9;
        System.out.printf(
                "%s: %d events, %.0f a second of processor time, %.0f a second by the clock; resident %d MiB%n",
                compiler,
                counted - already,
                (counted - already) / cpuSeconds,
                (counted - already) / seconds,
                residentMib(service.pid()));
    }

    private static Duration cpu(ServiceProcess service) {
        return ProcessHandle.of(service.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow();
    }

    private void latency() throws InterruptedException {
        Map<Integer, Long> sent = new ConcurrentHashMap<>();
        var seconds = new ConcurrentLinkedQueue<Double>();
        bus.connection()
                .createDispatcher(message -> {
                    long now = System.nanoTime();
                    for (FlowRow flow :
                            Wire.read(message.getData(), TelemetryFlows.class).flows()) {
                        Long at = sent.remove(flow.destPort());
                        if (at != null) {
                            seconds.add((now - at) / 1e9);
                        }
                    }
                })
                .subscribe(Subjects.TELEMETRY_FLOWS);
        for (int i = 0; i < LATENCY_EVENTS; i++) {
            sent.put(1 + i, System.nanoTime());
            bus.publishAsync(Subjects.EVENTS + host(i), Wire.write(event(i)), null);
            Thread.sleep(5);
        }
        Thread.sleep(2_000);
        double[] sorted = seconds.stream().mapToDouble(each -> each).sorted().toArray();
        System.out.printf(
                "event to segmentation.telemetry.flows, %d of %d events: median %.3f s, p99 %.3f s, worst %.3f s%n",
                sorted.length,
                LATENCY_EVENTS,
                sorted[sorted.length / 2],
                sorted[sorted.length * 99 / 100],
                Arrays.stream(sorted).max().orElseThrow());
    }

    private static String host(int i) {
        return "host-" + i % 100;
    }

    private FlowEvent event(int i) {
        return new FlowEvent(
                "bench-" + i,
                new HostId(host(i)),
                example.eventType(),
                example.policyId(),
                example.policyVersion(),
                example.ruleId(),
                example.reason(),
                example.verdict(),
                example.direction(),
                example.hook(),
                example.sourceIp(),
                example.destIp(),
                example.sourcePort(),
                1 + i % PORTS,
                example.protocol(),
                example.interfaceName(),
                example.generation(),
                1,
                0,
                example.timestamp(),
                example.metadata());
    }

    private static long counted(ServiceProcess service) {
        return service.get("/q/metrics")
                .lines()
                .filter(line -> line.startsWith("segmentation_decisions_total{"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static long residentMib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }
}
