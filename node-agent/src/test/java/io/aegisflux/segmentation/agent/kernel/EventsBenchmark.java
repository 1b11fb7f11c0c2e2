package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.agent.libbpf.RingBuffer;
import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.harness.Command;
import io.aegisflux.segmentation.harness.Figures;
import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.Repository;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsSettings;
import io.aegisflux.segmentation.nats.StreamCatalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Events on their way from the loaded programs to {@code segmentation.events.<host>} on a real broker (TARGETS, Telemetry):
 * bursts of a million decisions, in which every one has to be told or counted as lost, and how fast the agent empties the
 * ring. Writes target/bench/events.json and events.md. The first argument is the number of decisions, default a million.
 */
final class EventsBenchmark {
    /** AGENT_EVENT_RATE when it is not set. */
    private static final int EVENT_RATE = 1_000;

    private static final int FLOWS = 100_000;

    /** Fewer than the ring and the map of repeats hold. */
    private static final int RING = 14_000;

    /** Fewer than the agent tells apart in a second. */
    private static final int KINDS = 4_000;

    private static final int TURNS = 3;
    private static final int ROUNDS = 7;
    private static final int IN_FLIGHT = 64;

    private final Figures figures = new Figures(Map.of(
            "broker", Command.run(NatsBinary.find().toString(), "--version").strip() + ", sync_interval: always"));
    private final TwoHosts hosts;
    private final Bus bus;
    private final int decisions;
    private int paths;
    private int flows;

    private EventsBenchmark(TwoHosts hosts, Bus bus, int decisions) {
        this.hosts = hosts;
        this.bus = bus;
        this.decisions = decisions;
    }

    public static void main(String[] arguments) throws Exception {
        int decisions = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        try (NatsServer nats = NatsServer.start();
                Bus bus = Bus.connect(NatsSettings.of(nats.url(), "bench"));
                TwoHosts hosts = new TwoHosts()) {
            StreamCatalog.ensure(bus, Streams.EVENTS);
            EventsBenchmark benchmark = new EventsBenchmark(hosts, bus, decisions);
            benchmark.bursts();
            benchmark.ring();
            benchmark.figures.write(Repository.root().resolve("target/bench"), "events");
        }
    }

    private void bursts() throws Exception {
        burst("one flow", EVENT_RATE, program -> program.run(EventPath.frame(0, EventPath.DENIED), decisions));
        byte[][] frames = frames(FLOWS);
        EventPath.Packets all = program -> {
            for (int i = 0; i < decisions; i++) {
                program.run(frames[i % FLOWS]);
            }
        };
        burst("%,d flows in turn".formatted(FLOWS), EVENT_RATE, all);
        burst("%,d flows in turn, no limit of events".formatted(FLOWS), 0, all);
    }

    private void burst(String what, int eventRate, EventPath.Packets packets) throws Exception {
        String section = "A burst of %,d decisions: %s".formatted(decisions, what);
        try (EventPath path = path(eventRate)) {
            long start = System.nanoTime();
            path.run(packets);
            double judged = seconds(start);
            path.awaitKnown();
            double known = seconds(start);
            path.awaitSent();
            double sent = seconds(start);
            EventPath.Account account = path.settle();
            long allPackets = decisions + 1; // and the one that told what was lost
            figures.atMost(
                    0,
                    section,
                    "not in the rules' counters",
                    Math.abs(allPackets - account.counted()),
                    "decisions",
                    null);
            figures.atMost(
                    0,
                    section,
                    "neither told nor counted as lost, by the events on the bus",
                    Math.abs(account.counted() - account.told() - account.lost()),
                    "decisions",
                    "%,d in the rules' counters".formatted(account.counted()));
            figures.add(section, "told", account.told(), "decisions", "in %,d messages".formatted(account.messages()));
            figures.add(section, "counted as lost in the kernel", account.kernelLost(), "decisions", null);
            figures.add(section, "counted as lost in the agent", account.agentLost(), "decisions", null);
            String beside = "%.2f s to judge the packets".formatted(judged);
            figures.add(section, "until the agent knew of all of them", known, "s", beside);
            figures.add(section, "until the broker had what was told", sent, "s", beside);
        }
    }

    /** A full ring, emptied by the agent and by a callback that only counts, in turn; and a second's kinds, to the bus. */
    private void ring() throws Exception {
        String section = "Events of as many flows, from a full ring";
        List<Double> ours = new ArrayList<>();
        List<Double> counting = new ArrayList<>();
        List<Double> published = new ArrayList<>();
        List<Double> plain = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) {
            try (EventPath path = path(0)) {
                for (int round = 0; round < ROUNDS; round++) {
                    ours.add(emptied(path, RING));
                    path.awaitKnown();
                    path.awaitSent();
                }
                for (int round = 0; round < ROUNDS; round++) {
                    path.forget();
                    long start = System.nanoTime();
                    emptied(path, KINDS);
                    path.awaitSent();
                    published.add(KINDS / seconds(start));
                    plain.add(publishes());
                }
                path.stopReading();
                for (int round = 0; round < ROUNDS; round++) {
                    counting.add(counted(path));
                }
            }
        }
        figures.atLeast(
                200_000,
                section,
                "taken out, named, aggregated, a second",
                median(ours),
                "events",
                "%,.0f, counted by an empty callback".formatted(median(counting)));
        figures.add(
                section,
                "each told by itself, from the ring until the stream has it, a second",
                median(published),
                "events",
                "%,.0f of the same size, published %d at a time".formatted(median(plain), IN_FLIGHT));
    }

    /** Lets so many events wait in the ring, then the agent take them; events a second. */
    private double emptied(EventPath path, int events) {
        path.hold();
        byte[][] frames = frames(events);
        path.run(program -> each(frames, program::run));
        long before = path.handedOver();
        long start = System.nanoTime();
        path.release();
        while (path.handedOver() < before + events) {
            Thread.onSpinWait();
        }
        return events / seconds(start);
    }

    private double counted(EventPath path) throws Exception {
        byte[][] frames = frames(RING);
        path.run(program -> each(frames, program::run));
        int[] events = new int[1];
        try (BpfMap map = BpfMap.ofPin(new PinDirectory(hosts.pins()).map("events"));
                RingBuffer ring = RingBuffer.open(map, event -> events[0]++)) {
            long start = System.nanoTime();
            while (events[0] < RING) {
                ring.poll(Duration.ZERO);
            }
            return RING / seconds(start);
        }
    }

    private double publishes() throws Exception {
        byte[] event = Examples.read("event-packet-dropped");
        List<CompletableFuture<?>> flight = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < KINDS; i++) {
            flight.add(bus.publishAsync(Subjects.EVENTS + "reference", event, "reference-" + start + "-" + i));
            if (flight.size() == IN_FLIGHT || i == KINDS - 1) {
                CompletableFuture.allOf(flight.toArray(CompletableFuture[]::new))
                        .get();
                flight.clear();
            }
        }
        return KINDS / seconds(start);
    }

    private interface Run {
        int run(byte[] frame) throws BpfException;
    }

    private static void each(byte[][] frames, Run run) throws BpfException {
        for (byte[] frame : frames) {
            run.run(frame);
        }
    }

    private EventPath path(int eventRate) {
        return new EventPath(hosts, bus, new HostId("bench-" + ++paths), eventRate);
    }

    /** Of flows that were never seen before. */
    private byte[][] frames(int count) {
        byte[][] frames = new byte[count][];
        for (int i = 0; i < count; i++) {
            frames[i] = EventPath.frame(++flows, EventPath.DENIED);
        }
        return frames;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(each -> each).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
