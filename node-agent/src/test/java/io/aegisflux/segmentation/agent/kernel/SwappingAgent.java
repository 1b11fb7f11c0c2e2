package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.RuleTable;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An agent's hold on the kernel in a process of its own, to be killed at any moment: adopts what is pinned, then puts one
 * table after the other in force. Its arguments are the directory of the pins and how long a table stays unconfirmed; with
 * more than zero it waits after the first. Says so, and each version, in a line.
 */
final class SwappingAgent {
    private SwappingAgent() {}

    public static void main(String[] arguments) throws Exception {
        Duration confirmWithin = Duration.parse(arguments[1]);
        KernelDatapath datapath = KernelDatapath.of(
                new KernelDatapath.Places(
                        Path.of(arguments[0]), List.of("eth0"), Optional.empty(), XdpMode.OFF, Action.ALLOW),
                Clock.systemUTC());
        datapath.adopt().orElseThrow();
        datapath.settle();
        long revision =
                datapath.running().orElseThrow().identity().orElseThrow().revision();
        System.out.println("adopted");
        do {
            RuleTable table = Flood.table(++revision);
            datapath.install(table, Tables.identity(table, revision), Instant.now(), confirmWithin);
            System.out.println(revision);
        } while (confirmWithin.isZero());
        Thread.sleep(Duration.ofHours(1));
    }
}
