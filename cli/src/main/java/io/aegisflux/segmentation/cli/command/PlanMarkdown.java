package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.terminal.Ages;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.PolicyPlan;
import io.aegisflux.segmentation.contracts.PolicyPlan.Evidence;
import io.aegisflux.segmentation.contracts.PolicyPlan.Part;
import io.aegisflux.segmentation.contracts.PolicyPlan.Row;
import java.util.List;

/** A plan as Markdown, for a comment on a pull request. */
final class PlanMarkdown {
    private final PolicyPlan plan;
    private final Output output;

    PlanMarkdown(PolicyPlan plan, Output output) {
        this.plan = plan;
        this.output = output;
    }

    void print() {
        Evidence evidence = plan.evidence();
        output.line("### Segmentation plan");
        output.line("");
        plan.changes().forEach(change -> output.line("- `%s`".formatted(PlanWords.change(change))));
        output.line("");
        output.line("Replayed %s from %d of %s."
                .formatted(
                        PlanWords.total(evidence.flows()),
                        evidence.hostsHeard(),
                        PlanWords.count(evidence.hostsKnown(), "host")));
        output.line("");
        output.line("| | flows | connections |");
        output.line("|---|--:|--:|");
        sum("✖ newly blocked", plan.newlyBlocked().total());
        sum("✔ newly allowed", plan.newlyAllowed().total());
        sum("◐ newly audited", plan.newlyAudited().total());
        sum("unchanged", plan.unchanged());
        part("Newly blocked", plan.newlyBlocked());
        part("Newly allowed", plan.newlyAllowed());
        part("Newly audited", plan.newlyAudited());
        List<String> doubts = PlanWords.doubts(plan.evidence(), output.now());
        if (!doubts.isEmpty()) {
            output.line("");
            output.line("What this plan cannot know:");
            output.line("");
            doubts.forEach(doubt -> output.line("- " + cell(doubt)));
        }
    }

    private void sum(String what, PolicyPlan.Total total) {
        output.line("| %s | %d | %d |".formatted(what, total.distinct(), total.connections()));
    }

    private void part(String title, Part part) {
        if (part.rows().isEmpty()) {
            return;
        }
        output.line("");
        output.line("#### " + title);
        output.line("");
        output.line("| host | direction | source | destination | protocol | count | last | by | now by |");
        output.line("|---|---|---|---|---|--:|---|---|---|");
        for (Row row : part.rows()) {
            output.line("| %s | %s | %s | %s | %s | %d | %s | `%s` | `%s` |"
                    .formatted(
                            row.hostId(),
                            row.direction().wireName(),
                            cell(PlanWords.source(row)),
                            cell(PlanWords.destination(row)),
                            row.protocol(),
                            row.count(),
                            Ages.ago(row.last(), output.now()),
                            code(PlanWords.decider(row.then())),
                            code(PlanWords.decider(row.now()))));
        }
        long more = part.total().distinct() - part.rows().size();
        if (more > 0) {
            output.line("");
            output.line("and %d more".formatted(more));
        }
    }

    /** In a code span only the signs that end it or its cell matter. */
    private static String code(String text) {
        return text.replaceAll("[`|]", "?");
    }

    /** What others named must not end a cell, nor begin markup. */
    private static String cell(String text) {
        return text.replaceAll("([\\\\|`*_<\\[\\]])", "\\\\$1");
    }
}
