package io.aegisflux.segmentation.e2e.fleet;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.harness.Directories;
import io.aegisflux.segmentation.harness.Figures;
import io.aegisflux.segmentation.harness.Processes;
import io.aegisflux.segmentation.harness.Repository;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * A fleet on this machine: how long changes take until the last host has acknowledged them,
 * how many messages they are, what broker and policy-service carry. The agents share the machine with what they measure;
 * the processor time of each side is shown beside.
 */
public final class FleetBenchmark {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration REST = Duration.ofSeconds(60);
    private static final int WARM_UP = 5;
    private static final int CHANGES_OF_ALL = 20;
    private static final int CHANGES_OF_ONE = 100;
    private static final String REFERENCE = "bench.reference";

    private final Figures figures;
    private final FleetWorld world;
    private final String section;
    private final HostId one;
    private final Fleet fleet;
    private final FleetWatch watch;
    private long versionOfAll = 1;
    private long versionOfOne;

    private FleetBenchmark(Figures figures, FleetWorld world, Fleet fleet, FleetWatch watch) {
        this.figures = figures;
        this.world = world;
        this.section = "%,d hosts, %,d rules, agents without a kernel".formatted(world.hosts(), world.rules());
        this.one = FleetWorld.host(world.hosts() - 1);
        this.fleet = fleet;
        this.watch = watch;
    }

    /**
     * Measures all of it.
     *
     * @param hosts how many, in tens
     * @param rules of all policies together
     */
    public static void measure(Figures figures, int hosts, int rules) throws Exception {
        FleetWorld world = new FleetWorld(hosts, rules);
        Path directory = Repository.root().resolve("target/bench/fleet");
        Directories.delete(directory);
        try (Fleet fleet = Fleet.start(world, directory);
                FleetWatch watch = FleetWatch.on(fleet.nats().url())) {
            new FleetBenchmark(figures, world, fleet, watch).run();
        }
    }

    private void run() throws Exception {
        watch.connection()
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name("BENCH")
                        .subjects(REFERENCE)
                        .build());
        begin();
        changesOfAll();
        changesOfOne();
        messages();
        rest();
        restart();
    }

    private void begin() {
        watch.publish(FleetWorld.ALL, FleetWorld.documentOfAll(0));
        for (int role = 0; role < world.roles(); role++) {
            watch.publish(FleetWorld.policyOfRole(role), world.documentOfRole(role, 0));
        }
        long start = System.nanoTime();
        fleet.startHosts();
        watch.awaitApplied(FleetWorld.ALL, 1, world.allHosts(), PATIENCE);
        for (int role = 0; role < world.roles(); role++) {
            watch.awaitApplied(FleetWorld.policyOfRole(role), 1, world.hostsOfRole(role), PATIENCE);
        }
        add("all hosts started at once, until the last enforces", seconds(start), "s", null);
    }

    private void changesOfAll() throws Exception {
        List<Double> last = new ArrayList<>();
        List<Double> each = new ArrayList<>();
        List<Double> reference = new ArrayList<>();
        List<Double> service = new ArrayList<>();
        List<Double> agents = new ArrayList<>();
        BrokerFigures before = fleet.broker();
        for (int i = -WARM_UP; i < CHANGES_OF_ALL; i++) {
            if (i == 0) {
                before = fleet.broker();
            }
            double published = acknowledgedPublish();
            long serviceCpu = Processes.cpuMillis(fleet.policyService().pid());
            long agentsCpu = Processes.cpuMillis(ProcessHandle.current().pid());
            List<Double> millis = changeAll();
            if (i >= 0) {
                reference.add(published);
                last.add(millis.getLast());
                each.addAll(millis);
                service.add((double) Processes.cpuMillis(fleet.policyService().pid()) - serviceCpu);
                agents.add((double) Processes.cpuMillis(ProcessHandle.current().pid()) - agentsCpu);
            }
        }
        BrokerFigures traffic = fleet.broker().since(before);
        String beside = "%.2f ms, an acknowledged publish".formatted(median(reference));
        add("a rule of all hosts, publish to the last acknowledgement, median", median(last), "ms", beside);
        figures.atMost(
                1_000, section, "the same, worst of %d".formatted(CHANGES_OF_ALL), Collections.max(last), "ms", beside);
        figures.atMost(1_000, section, "the same, p99 of all hosts' acknowledgements", p99(each), "ms", beside);
        add("processor time of policy-service for it", median(service), "ms", null);
        add("processor time of all agents for it", median(agents), "ms", "on the same cores");
        double shares = (double) CHANGES_OF_ALL * world.hosts();
        add("bytes that the broker took for it, a host", traffic.bytesIn() / shares, "bytes", null);
        add("bytes that the broker gave out for it, a host", traffic.bytesOut() / shares, "bytes", "with one listener");
        double memory = Processes.mostResidentKiB(fleet.policyService().pid()) / 1024.0;
        figures.atMost(512, section, "policy-service, most resident memory", memory, "MiB", null);
        add("broker, resident memory a host", fleet.broker().memory() / 1024.0 / world.hosts(), "KiB", null);
    }

    /** Milliseconds until each host had acknowledged, in order. */
    private List<Double> changeAll() {
        versionOfAll++;
        long start = System.nanoTime();
        watch.publish(FleetWorld.ALL, FleetWorld.documentOfAll((int) versionOfAll));
        return watch.awaitApplied(FleetWorld.ALL, versionOfAll, world.allHosts(), PATIENCE).values().stream()
                .map(at -> (at - start) / 1e6)
                .sorted()
                .toList();
    }

    private void changesOfOne() {
        List<Double> millis = new ArrayList<>();
        for (int i = -WARM_UP; i < CHANGES_OF_ONE; i++) {
            if (i == 0) {
                watch.forget();
            }
            double took = changeOne();
            if (i >= 0) {
                millis.add(took);
            }
        }
        int told = watch.told().values().stream().mapToInt(Integer::intValue).sum();
        add("a rule of one host, publish to acknowledged, median", median(millis), "ms", null);
        figures.atMost(1_000, section, "the same, p99", p99(millis), "ms", null);
        figures.atMost(1, section, "messages to hosts for it", told / (double) CHANGES_OF_ONE, "messages", null);
    }

    private double changeOne() {
        versionOfOne++;
        long start = System.nanoTime();
        watch.publish("fence", FleetWorld.documentOfHost("fence", one, (int) versionOfOne));
        return (watch.awaitApplied("fence", versionOfOne, List.of(one), PATIENCE)
                                .get(one)
                        - start)
                / 1e6;
    }

    private void messages() {
        watch.forget();
        watch.publish(FleetWorld.policyOfRole(3), world.documentOfRole(3, 1));
        watch.awaitApplied(FleetWorld.policyOfRole(3), 2, world.hostsOfRole(3), PATIENCE);
        figures.atMost(
                10, section, "messages for a rule of the 10 hosts of a role", toldBeforeFence(), "messages", null);
        watch.forget();
        watch.register("batch", FleetWorld.workload("batch", 5));
        List<HostId> served = world.hostsOfRole(5);
        Awaitility.await() // a fence may overtake it: workloads come in by another stream than policies
                .atMost(PATIENCE)
                .until(() -> fleet.hosts().stream()
                        .filter(host -> served.contains(host.id()))
                        .allMatch(FleetHost::hasRuleOfServed));
        figures.atMost(
                10,
                section,
                "messages for a workload of which rules of 10 hosts speak",
                toldBeforeFence(),
                "messages",
                null);
    }

    /** The hosts are told in one order: what changed before the fence has been told before it. */
    private int toldBeforeFence() {
        changeOne();
        return watch.told().values().stream().mapToInt(Integer::intValue).sum() - 1;
    }

    private void rest() throws InterruptedException {
        BrokerFigures before = fleet.broker();
        long start = System.nanoTime();
        Thread.sleep(REST);
        BrokerFigures traffic = fleet.broker().since(before);
        double shares = world.hosts() * seconds(start) / 60;
        add(
                "at rest, bytes that the broker took, a host and minute",
                traffic.bytesIn() / shares,
                "bytes",
                "no connections");
        add("at rest, bytes that the broker gave out, a host and minute", traffic.bytesOut() / shares, "bytes", null);
        add(
                "at rest, messages to and from the broker, a host and minute",
                (traffic.messagesIn() + traffic.messagesOut()) / shares,
                "messages",
                null);
    }

    /** Everything is read anew; nobody may be told anything that it was told before. */
    private void restart() {
        fleet.policyService().kill();
        watch.forget();
        long start = System.nanoTime();
        fleet.startPolicyService().awaitReady(PATIENCE);
        add("policy-service, killed and started, until it is ready", seconds(start), "s", null);
        changeOne();
        add("the same, until a change is acknowledged", seconds(start), "s", null);
        Map<HostId, Integer> told = watch.told();
        figures.atMost(0, section, "messages to other hosts after it", told.size() - 1, "messages", null);
    }

    private double acknowledgedPublish() throws Exception {
        long start = System.nanoTime();
        watch.connection().jetStream().publish(REFERENCE, new byte[] {'{', '}'});
        return (System.nanoTime() - start) / 1e6;
    }

    private void add(String what, double value, String unit, String beside) {
        figures.add(section, what, value, unit, beside);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static double p99(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() * 99 / 100);
    }
}
