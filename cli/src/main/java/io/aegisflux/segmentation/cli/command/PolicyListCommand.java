package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.terminal.Ages;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Table;
import io.aegisflux.segmentation.cli.terminal.Tone;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PolicyApi;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The policies in the order in which they are considered. */
@Command(
        name = "ls",
        aliases = "list",
        description = "List the policies that are not deleted, in the order in which they are considered.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  segctl policy ls")
final class PolicyListCommand implements Callable<Integer> {
    private static final Comparator<PolicyApi.Summary> ORDER = Comparator.comparingInt(PolicyApi.Summary::priority)
            .thenComparing(summary -> summary.policyId().value());

    private final RootCommand root;

    PolicyListCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        PolicyApi.ListReply reply;
        try (BusClient bus = root.connect()) {
            reply = new PolicyBus(bus).list();
        }
        List<PolicyApi.Summary> sorted = reply.policies().stream().sorted(ORDER).toList();
        Output output = root.output();
        if (output.isJson()) {
            output.json(new PolicyApi.ListReply(sorted, reply.epoch(), reply.revision()));
        } else if (sorted.isEmpty()) {
            output.notice("no policies yet; publish one: segctl policy apply -f FILE");
        } else {
            output.table(table(sorted, output));
        }
        return ExitCode.OK;
    }

    private static Table table(List<PolicyApi.Summary> policies, Output output) {
        Table table = new Table("POLICY", "VERSION>", "STATE", "PRIORITY>", "RULES>", "TYPE", "STORED", "NAME");
        for (PolicyApi.Summary policy : policies) {
            table.row(
                    Cell.of(policy.policyId().value()),
                    Cell.of(policy.version()),
                    state(policy, output),
                    Cell.of(policy.priority()),
                    Cell.of(policy.rules()),
                    Cell.of(policy.type()),
                    Cell.of(Ages.ago(policy.storedAt(), output.now())),
                    Cell.of(policy.name() == null ? "" : policy.name()));
        }
        return table;
    }

    private static Cell state(PolicyApi.Summary policy, Output output) {
        String staged = policy.rollout() == null
                ? ""
                : " (v%d %s)"
                        .formatted(
                                policy.rollout().version(),
                                policy.rollout().state().wireName());
        if (!policy.enabled()) {
            return new Cell("disabled" + staged, Tone.FAINT);
        }
        return policy.mode() == Mode.AUDIT ? Glyph.HALF.with("audit" + staged) : Glyph.YES.with("enforced" + staged);
    }
}
