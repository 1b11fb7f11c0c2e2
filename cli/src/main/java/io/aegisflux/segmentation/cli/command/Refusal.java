package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Violation;

/** A refusal for people, on stderr: what, where in the document, why, and what to write instead. */
final class Refusal {
    private Refusal() {}

    /**
     * @param source the file or id that was refused
     */
    static void print(String source, ApiError error, Output output) {
        Cell verdict = Glyph.NO.with("REFUSED");
        output.complaint("%s  %s  %s: %s"
                .formatted(
                        verdict.tone().paint(verdict.text(), output.errColors()),
                        Printable.of(source),
                        Printable.of(error.code()),
                        Printable.of(error.message())));
        for (Violation violation : error.violations()) {
            String path = violation.path() == null || violation.path().isEmpty() ? "(document)" : violation.path();
            output.complaint("    %s  %s".formatted(Printable.of(path), Printable.of(violation.reason())));
            if (violation.hint() != null && !violation.hint().isEmpty()) {
                output.complaint("        hint: " + Printable.of(violation.hint()));
            }
        }
        if (error.violations().isEmpty()
                && error.hint() != null
                && !error.hint().isEmpty()) {
            output.complaint("    hint: " + Printable.of(error.hint()));
        }
    }
}
