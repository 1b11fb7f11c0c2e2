package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.TestRun;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.PacketTuple;
import java.util.Arrays;
import java.util.Random;

/** Times packets at tc one by one, each of another flow, so with what a run of one packet costs: {@link #reference()}. */
final class FlowRuns {
    private static final int LIVE = 100_000;
    private static final int SAMPLE = 20_000;

    private final TestRun run;
    private final int empty;

    /**
     * @param run of tc_ingress; stays the caller's
     * @param search has the empty program
     */
    FlowRuns(TestRun run, int ifindex, SearchRuns search) throws BpfException {
        this.run = run;
        run.skb(ifindex, 0, 0);
        try (BpfProgram pass = BpfProgram.ofPin(search.pin("drop_all"));
                TestRun nothing = new TestRun(pass)) {
            int[] nanos = new int[SAMPLE];
            for (int i = 0; i < SAMPLE; i++) {
                nothing.run(frame(i));
                nanos[i] = nothing.nanos();
            }
            empty = median(nanos);
        }
    }

    /** Of flows that nobody has seen: the median, in nanoseconds. */
    int newFlow() throws BpfException {
        int[] nanos = new int[SAMPLE];
        for (int i = 0; i < SAMPLE; i++) {
            run.run(frame(i));
            nanos[i] = run.nanos();
        }
        return median(nanos);
    }

    /** Of flows that were seen before, among many. */
    int oneOfMany() throws BpfException {
        for (int i = 0; i < LIVE; i++) {
            run.run(frame(i));
            run.run(reply(i));
            run.run(frame(i)); // both ends have shown that they hear each other
        }
        Random random = new Random(1);
        int[] nanos = new int[SAMPLE];
        for (int i = 0; i < SAMPLE; i++) {
            run.run(frame(random.nextInt(LIVE)));
            nanos[i] = run.nanos();
        }
        return median(nanos);
    }

    /** What a figure has in it that is not ours. */
    String reference() {
        return "%d ns, an empty program run once".formatted(empty);
    }

    private static int median(int[] nanos) {
        Arrays.sort(nanos);
        return nanos[nanos.length / 2];
    }

    private static byte[] frame(int flow) {
        return PacketBytes.frame(
                new PacketTuple(Direction.INGRESS, source(flow), "192.0.2.2", 17, 40_000, 53, null, null, null));
    }

    private static byte[] reply(int flow) {
        return PacketBytes.frame(
                new PacketTuple(Direction.INGRESS, "192.0.2.2", source(flow), 17, 53, 40_000, null, null, null));
    }

    private static String source(int flow) {
        return "198.%d.%d.%d".formatted(18 + (flow >> 16), flow >> 8 & 0xFF, flow & 0xFF);
    }
}
