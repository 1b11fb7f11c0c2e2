package io.aegisflux.segmentation.cli.command;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.contracts.ProbeReply;
import java.util.stream.Collectors;

/** What a kernel said, on the screen, below what the evaluator did. */
final class KernelScreen {
    private static final int DIGEST_SHOWN = 12;

    private final KernelComparison comparison;
    private final Output output;

    KernelScreen(KernelComparison comparison, Output output) {
        this.comparison = requireNonNull(comparison, "comparison is null");
        this.output = requireNonNull(output, "output is null");
    }

    void print() {
        ProbeReply kernel = comparison.kernel();
        output.line("");
        output.line("kernel  %s  %s  %s"
                .formatted(
                        painted(Glyph.of(kernel.verdict())),
                        kernel.reason().wireName(),
                        kernel.policyId() == null
                                ? "no policy decides"
                                : Printable.of(KernelComparison.rule(
                                        kernel.policyId(), kernel.policyVersion(), kernel.ruleId()))));
        if (kernel.audit() != null) {
            output.line(Printable.of("        would be denied by "
                    + KernelComparison.rule(
                            kernel.audit().policyId(),
                            kernel.audit().policyVersion(),
                            kernel.audit().ruleId())));
        }
        output.line(Printable.of("        by revision %d, generation %d; %s; asked program %s of artifact %s"
                .formatted(
                        kernel.revision(),
                        kernel.generation(),
                        kernel.hooks().isEmpty()
                                ? kernel.hook().wireName() + " is attached nowhere"
                                : kernel.hooks().entrySet().stream()
                                        .map(hook -> "%s is %s".formatted(hook.getKey(), hook.getValue()))
                                        .collect(Collectors.joining(", ")),
                        kernel.program(),
                        kernel.artifact().substring(0, DIGEST_SHOWN))));
        if (comparison.agree()) {
            output.line(painted(Glyph.YES.with("kernel and evaluator agree")));
            return;
        }
        output.line(painted(Glyph.NO.with("KERNEL AND EVALUATOR DIFFER")));
        comparison.differences().forEach(difference -> output.line("  " + Printable.of(difference)));
        output.line("  "
                + (comparison.because() == null
                        ? "nothing is known that explains it: report it as a defect, with -o json"
                        : comparison.because()));
    }

    private String painted(Cell cell) {
        return cell.tone().paint(cell.text(), output.outColors());
    }
}
