package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.terminal.Ages;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.cli.terminal.Table;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.UnusedRules;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Rules that decided nothing for a while. */
@Command(
        name = "unused",
        description = {
            "List rules of enabled policies that met no packet for a while, as the hosts' counters tell.",
            "Counters live as long as the programs are loaded, so 'never' means: not since then. What runs once a quarter looks"
                    + " unused, too."
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit codes beside those of segctl:%n",
        exitCodeList = "  3:with --fail, when there are such rules",
        footerHeading = "%nExamples:%n",
        footer = {"  segctl policy unused", "  segctl policy unused web-db --since 7d --fail"})
final class PolicyUnusedCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ID",
            converter = PolicyIdText.class,
            description = "Of this policy alone.")
    private PolicyId policy;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "30d",
            description = "No packet for so long (default: ${DEFAULT-VALUE}).")
    private Duration since;

    @Option(names = "--fail", description = "End with 3 when there are such rules.")
    private boolean fail;

    PolicyUnusedCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Output output = root.output();
        UnusedRules unused;
        try (BusClient bus = root.connect()) {
            unused = new PolicyBus(bus)
                    .unused(new PolicyApi.UnusedRequest(output.now().minus(since), policy));
        }
        if (output.isJson()) {
            output.json(unused);
        } else if (!unused.rules().isEmpty()) {
            output.table(table(unused, output));
        }
        output.notice("%d of %s without a packet; counters of %d of %s"
                .formatted(
                        unused.rules().size(),
                        PlanWords.count(unused.judged(), "rule"),
                        unused.hostsHeard(),
                        PlanWords.count(unused.hostsKnown(), "host")));
        return fail && !unused.rules().isEmpty() ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private static Table table(UnusedRules unused, Output output) {
        Table table = new Table("POLICY", "VERSION>", "RULE", "LAST HIT", "PACKETS>", "HOSTS>");
        for (UnusedRules.Rule rule : unused.rules()) {
            table.row(
                    Cell.of(rule.policyId().value()),
                    Cell.of(rule.policyVersion()),
                    Cell.of(Printable.of(rule.ruleId())),
                    Cell.of(rule.lastHit() == null ? "never" : Ages.ago(rule.lastHit(), output.now())),
                    Cell.of(rule.packets()),
                    Cell.of(rule.hosts()));
        }
        return table;
    }
}
