package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.engine.classbench.ClassBench;
import io.aegisflux.segmentation.engine.classbench.Profile;
import io.aegisflux.segmentation.engine.classbench.Trace;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

final class DatapathBenchmark {
    private DatapathBenchmark() {}

    static int[] sizes;
    static int[] versions = {4};

    public static void main(String[] arguments) throws Exception {
        sizes = java.util.Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        try (TwoHosts hosts = new TwoHosts()) {
            KernelDatapath datapath = hosts.datapath(XdpMode.OFF);
            try {
                hosts.host().call(() -> measure(hosts, datapath));
            } finally {
                hosts.host().call(() -> {
                    datapath.remove();
                    return null;
                });
            }
        }
    }

    private static Void measure(TwoHosts hosts, KernelDatapath datapath) throws Exception {
        PinDirectory pins = new PinDirectory(hosts.pins());
        byte[] object = CompiledObject.bytes();
        long start = System.nanoTime();
        datapath.load(object, CompiledObject.digest());
        System.out.println("load ms " + (System.nanoTime() - start) / 1_000_000);
        try (SearchRuns runs = new SearchRuns(hosts.pins(), pins)) {
            int revision = 0;
            for (int ipVersion : versions) {
                for (Profile profile : Profile.values()) {
                    for (int size : sizes) {
                        RuleTable table = ClassBench.table(profile, size, ipVersion, size);
                        double[] millis = new double[size > 10_000 ? 1 : 2];
                        for (int i = 0; i < millis.length; i++) {
                            long begin = System.nanoTime();
                            datapath.install(table, Tables.identity(table, ++revision), Instant.now());
                            millis[i] = (System.nanoTime() - begin) / 1e6;
                        }
                        Arrays.sort(millis);
                        Trace trace = new Trace(table, ipVersion, size);
                        List<PacketTuple> flows = Stream.generate(trace::next)
                                .filter(PacketBytes::canBe)
                                .limit(SearchRuns.FLOWS)
                                .toList();
                        int[] hot = new int[15];
                        int empty = 0;
                        for (int i = 0; i < hot.length; i++) {
                            SearchRuns.Cost cost = runs.one(flows.get(i * 101));
                            hot[i] = cost.gross();
                            empty = cost.empty();
                        }
                        Arrays.sort(hot);
                        SearchRuns.Cost many = runs.many(flows);
                        System.out.printf(
                                "v%d %-4s %7d install %8.1f ms (min %.1f) bytes %9d one %4d/%4d..%4d (empty %d) many %4d (copy %d) net %d%n",
                                ipVersion,
                                profile.word(),
                                size,
                                millis[millis.length / 2],
                                millis[0],
                                datapath.running().orElseThrow().tableBytes(),
                                hot[0],
                                hot[hot.length / 2],
                                hot[hot.length - 1],
                                empty,
                                many.gross(),
                                many.empty(),
                                many.net());
                    }
                }
            }
        }
        return null;
    }
}
