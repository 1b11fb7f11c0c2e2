package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyApi;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Forgets a host. */
@Command(
        name = "rm",
        description = {
            "Forget a host that is gone for good: its addresses and workloads carry their labels no more.",
            "A host that only is silent keeps them. One that reports again is known again."
        },
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  segctl hosts rm host-c")
final class HostsRemoveCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "ID", converter = HostIdText.class, description = "The host.")
    private HostId host;

    HostsRemoveCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        PolicyApi.HostRemoved removed;
        try (BusClient bus = root.connect()) {
            removed = new PolicyBus(bus).removeHost(host);
        }
        Output output = root.output();
        if (output.isJson()) {
            output.json(removed);
        } else {
            Cell verdict = Glyph.YES.with("REMOVED");
            output.line("%s  %s".formatted(verdict.tone().paint(verdict.text(), output.outColors()), removed.hostId()));
        }
        return ExitCode.OK;
    }
}
