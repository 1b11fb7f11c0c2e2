package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.cli.terminal.Tone;
import io.aegisflux.segmentation.contracts.LintFinding;
import io.aegisflux.segmentation.contracts.LintSeverity;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The answer to a lint for people: each finding with its hint, and how much was looked at. */
final class LintReport {
    private final PolicyApi.LintReply reply;
    private final boolean isOffline;
    private final Map<PolicyId, String> files;

    /** @param documents those that were judged; empty when stored ones were */
    LintReport(PolicyApi.LintReply reply, boolean isOffline, List<PublishedDocument<PolicyId>> documents) {
        this.reply = reply;
        this.isOffline = isOffline;
        this.files = documents.stream().collect(Collectors.toMap(PublishedDocument::id, PublishedDocument::source));
    }

    void print(Output output) {
        reply.findings().forEach(finding -> print(finding, output));
        long warnings = reply.findings().stream()
                .filter(finding -> finding.severity() == LintSeverity.WARNING)
                .count();
        String found = reply.findings().isEmpty()
                ? "nothing found"
                : count(warnings, "warning") + ", " + count(reply.findings().size() - warnings, "info");
        output.notice("%s in %s of %s; %s"
                .formatted(
                        found,
                        count(reply.rules(), "rule"),
                        reply.policies() == 1 ? "1 policy" : reply.policies() + " policies",
                        isOffline
                                ? "stored policies, hosts and workloads were not looked at"
                                : "known are %s and %s"
                                        .formatted(
                                                count(reply.hosts(), "host"), count(reply.workloads(), "workload"))));
        if (reply.findingsOmitted() > 0) {
            output.notice(count(reply.findingsOmitted(), "more finding") + " left out");
        }
        if (reply.rulesNotJudged() > 0) {
            output.notice(count(reply.rulesNotJudged(), "rule")
                    + " not held against all others: that would have taken too long");
        }
    }

    private static String count(long number, String one) {
        return "%d %s%s".formatted(number, one, number == 1 ? "" : "s");
    }

    private void print(LintFinding finding, Output output) {
        Cell severity = finding.severity() == LintSeverity.WARNING ? Glyph.NO.with("WARNING") : Glyph.HALF.with("INFO");
        String file = files.getOrDefault(finding.policyId(), "");
        String rule = finding.ruleId() == null ? "" : "/" + finding.ruleId();
        output.line("%s  %s  %s%s%s  %s"
                .formatted(
                        severity.tone().paint(severity.text(), output.outColors()),
                        finding.code().wireName(),
                        file.isEmpty() ? "" : Printable.of(file) + "  ",
                        finding.policyId(),
                        Printable.of(rule),
                        Tone.FAINT.paint(
                                finding.path().isEmpty() ? "(document)" : Printable.of(finding.path()),
                                output.outColors())));
        output.line("    " + Printable.of(finding.message()));
        output.line("    hint: " + Printable.of(finding.hint()));
    }
}
