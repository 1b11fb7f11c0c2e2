package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.domain.Counters;
import io.aegisflux.segmentation.agent.domain.DecisionAggregator;
import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.agent.domain.TimeOrderedIds;
import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.agent.libbpf.TestRun;
import io.aegisflux.segmentation.agent.messaging.BusLink;
import io.aegisflux.segmentation.agent.messaging.FlowEvents;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport.RuleHit;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.StreamReplay;
import io.aegisflux.segmentation.nats.VerifiedObjects;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * The agent's way of events by itself: the loaded programs, ring and repeats, aggregation, outbox, and a stream of a real
 * broker. Packets to one port are denied by one rule, those to another by another.
 */
final class EventPath implements AutoCloseable {
    static final int DENIED = 7_000;
    private static final int OTHER = 7_001;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final TwoHosts hosts;
    private final Bus bus;
    private final HostId host;
    private final KernelDatapath datapath;
    private final FlowEvents events;
    private final ScheduledExecutorService flushes = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("flushes").daemon().unstarted(task));
    private final AtomicLong handedOver = new AtomicLong();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /**
     * Loads the programs and begins.
     *
     * @param bus stays the caller's, as hosts do
     * @param host whose events they are
     * @param eventRate as AGENT_EVENT_RATE
     */
    EventPath(TwoHosts hosts, Bus bus, HostId host, int eventRate) {
        this.hosts = hosts;
        this.bus = bus;
        this.host = host;
        BusLink link = new BusLink();
        link.attach(bus, new VerifiedObjects(bus));
        events = new FlowEvents(host, link, new DecisionAggregator(host, new TimeOrderedIds()));
        datapath = hosts.host()
                .call(() -> KernelDatapath.of(
                        new KernelDatapath.Places(
                                hosts.pins(), List.of("eth0"), Optional.empty(), XdpMode.OFF, Action.ALLOW, eventRate),
                        Clock.systemUTC()));
        datapath.onDecision(this::take);
        RuleTable table = Tables.of("events", 1, """
                "priority": 1, "default_action": "none", "rules": [%s, %s]""".formatted(denying(DENIED), denying(OTHER)));
        hosts.host().run(() -> {
            datapath.load(CompiledObject.bytes(), CompiledObject.digest());
            datapath.install(table, Tables.identity(table, 1), Instant.now(), Duration.ZERO);
        });
        events.kernelLost(counters().eventsLost());
        events.start();
        flushes.scheduleWithFixedDelay(events::flush, 1, 1, TimeUnit.SECONDS);
    }

    /**
     * What became of all decisions.
     *
     * @param counted by the rules' counters
     * @param told the sum of the events' counts on the bus
     * @param lost the sum of what the events on the bus say is lost
     * @param kernelLost of lost, what never reached the agent
     * @param agentLost of lost, what the agent dropped
     * @param messages on the bus
     */
    record Account(long counted, long told, long lost, long kernelLost, long agentLost, long messages) {}

    /** Sends packets through the program at the hook. */
    interface Packets {
        void run(TestRun program) throws BpfException;
    }

    void run(Packets packets) {
        hosts.host().run(() -> {
            try (BpfProgram ingress = BpfProgram.ofPin(new PinDirectory(hosts.pins()).program(Program.TC_INGRESS));
                    TestRun program = new TestRun(ingress)) {
                program.skb(NetDevices.find("eth0").orElseThrow().index(), 0, 0);
                packets.run(program);
            }
        });
    }

    /** A packet of a flow, to a port: each number is a flow of its own. */
    static byte[] frame(int flow, int port) {
        String source = "198.%d.%d.%d".formatted(18 + (flow >> 16 & 1), flow >> 8 & 0xFF, flow & 0xFF);
        return PacketBytes.frame(new PacketTuple(
                Direction.INGRESS, source, TwoHosts.HOST4, 17, 20_000 + (flow >> 17), port, null, null, null));
    }

    /** The reader waits at its next decision until {@link #release()}. */
    void hold() {
        gate = new CountDownLatch(1);
    }

    void release() {
        gate.countDown();
    }

    /** Decisions that the reader has handed over so far. */
    long handedOver() {
        return handedOver.get();
    }

    /** Waits until every decision is with the agent, or known to be lost. */
    void awaitKnown() {
        await(() -> handedOver() + counters().eventsLost() >= counted());
    }

    /** Waits until the broker has what the agent wanted to tell. */
    void awaitSent() {
        await(() -> events.outbox().size() == 0);
    }

    /** Forgets which kinds were told of. */
    void forget() {
        events.flush();
        events.flush();
    }

    /** Waits until all that is known is on the bus, with one event more that tells what was lost, and adds it up. */
    Account settle() throws InterruptedException {
        awaitKnown();
        flushes.shutdown();
        flushes.awaitTermination(1, TimeUnit.MINUTES);
        events.flush();
        long kernelLost = counters().eventsLost();
        events.kernelLost(kernelLost);
        awaitSent();
        run(program -> program.run(frame(0, OTHER)));
        awaitKnown();
        awaitSent();
        AtomicLong told = new AtomicLong();
        AtomicLong lost = new AtomicLong();
        AtomicLong messages = new AtomicLong();
        StreamReplay.since(
                bus, Streams.EVENTS, Subjects.held(Subjects.EVENTS, host), Instant.EPOCH, (data, metadata) -> {
                    FlowEvent event = Wire.read(data, FlowEvent.class);
                    told.addAndGet(event.count());
                    lost.addAndGet(event.lost());
                    messages.incrementAndGet();
                });
        return new Account(counted(), told.get(), lost.get(), kernelLost, events.lostHere(), messages.get());
    }

    /** Lets go of the ring; the programs stay until {@link #close()}. */
    void stopReading() {
        release();
        hosts.host().run(datapath::close);
    }

    @Override
    public void close() {
        release();
        flushes.shutdownNow();
        events.close(Duration.ZERO);
        hosts.host().run(datapath::remove);
    }

    private void take(DecisionRecord decision) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        events.accept(decision);
        handedOver.addAndGet(decision.count());
    }

    private Counters counters() {
        return hosts.host().call(datapath::counters);
    }

    private long counted() {
        return counters().rules().stream().mapToLong(RuleHit::packets).sum();
    }

    /** What does not come about shows in the account. */
    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static String denying(int port) {
        return """
                {"id": "no-%d", "action": "deny", "priority": 1, "conditions": [
                  {"field": "dest_port", "operator": "eq", "value": %d}]}""".formatted(port, port);
    }
}
