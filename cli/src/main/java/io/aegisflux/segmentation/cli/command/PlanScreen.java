package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.terminal.Ages;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Table;
import io.aegisflux.segmentation.contracts.PolicyPlan;
import io.aegisflux.segmentation.contracts.PolicyPlan.Evidence;
import io.aegisflux.segmentation.contracts.PolicyPlan.Part;
import io.aegisflux.segmentation.contracts.PolicyPlan.Row;

/** A plan on the screen. */
final class PlanScreen {
    private final PolicyPlan plan;
    private final Output output;

    PlanScreen(PolicyPlan plan, Output output) {
        this.plan = plan;
        this.output = output;
    }

    void print() {
        Evidence evidence = plan.evidence();
        output.line("Plan  %s from %d of %s"
                .formatted(
                        PlanWords.total(evidence.flows()),
                        evidence.hostsHeard(),
                        PlanWords.count(evidence.hostsKnown(), "host")));
        plan.changes().forEach(change -> output.line("  " + PlanWords.change(change)));
        part(Glyph.NO.with("newly blocked"), plan.newlyBlocked());
        part(Glyph.YES.with("newly allowed"), plan.newlyAllowed());
        part(Glyph.HALF.with("newly audited"), plan.newlyAudited());
        output.line("= unchanged      " + PlanWords.total(plan.unchanged()));
        PlanWords.doubts(plan.evidence(), output.now()).forEach(doubt -> output.line("! " + doubt));
        if (PlanCommand.changesTraffic(plan)) {
            output.notice(
                    "It would change observed traffic. With \"mode\": \"audit\" it would report instead of dropping.");
        }
    }

    private void part(Cell title, Part part) {
        output.line("%s  %s"
                .formatted(title.tone().paint(title.text(), output.outColors()), PlanWords.total(part.total())));
        if (part.rows().isEmpty()) {
            return;
        }
        Table table =
                new Table("HOST", "DIRECTION", "SOURCE", "DESTINATION", "PROTOCOL", "COUNT>", "LAST", "BY", "NOW BY");
        for (Row row : part.rows()) {
            table.row(
                    Cell.of(row.hostId().value()),
                    Cell.of(row.direction().wireName()),
                    Cell.of(PlanWords.source(row)),
                    Cell.of(PlanWords.destination(row)),
                    Cell.of(row.protocol()),
                    Cell.of(row.count()),
                    Cell.of(Ages.ago(row.last(), output.now())),
                    Cell.of(PlanWords.decider(row.then())),
                    Cell.of(PlanWords.decider(row.now())));
        }
        table.lines(output.outColors()).forEach(line -> output.line("    " + line));
        long more = part.total().distinct() - part.rows().size();
        if (more > 0) {
            output.line("    and %d more; --rows lists them".formatted(more));
        }
    }
}
