package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.agent.libbpf.TestRun;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.PacketTuple;
import java.util.List;

/**
 * Lets {@link Program#GOLDEN} judge packets by the candidate descriptor. It classifies as the programs on the hooks do, and
 * writes nothing but its trial.
 */
final class GoldenRun implements AutoCloseable {
    /** Whether the failsafe lets a packet pass before any rule is asked. */
    enum Failsafe {
        IGNORED,
        ASKED
    }

    private final TestRun run;
    private final BpfMap trials;

    /** The kernel's program and map stay its own. */
    GoldenRun(Kernel kernel) {
        this.run = new TestRun(kernel.programs().get(Program.GOLDEN));
        this.trials = requireNonNull(kernel.maps().map("trials"), "trials is null");
    }

    /**
     * @param packet one that {@link PacketBytes#canBe}
     * @param interfaces by the bit that stands for them in boxes
     */
    Trial judge(PacketTuple packet, List<String> interfaces, Failsafe failsafe) throws BpfException {
        run.skb(
                0,
                packet.direction() == Direction.INGRESS ? 0 : 1,
                packet.interfaceName() == null ? 0 : 1 + interfaces.indexOf(packet.interfaceName()),
                failsafe == Failsafe.ASKED ? 1 : 0);
        run.run(PacketBytes.frame(packet));
        return Trial.read(trials);
    }

    @Override
    public void close() {
        run.close();
    }
}
