package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.WorkloadAccepted;

/** One line for a publish that was accepted. */
final class AcceptedLine {
    private static final int DIGEST_SHOWN = 12;

    private AcceptedLine() {}

    static String of(PolicyAccepted accepted, Output output) {
        Cell verdict = Glyph.YES.with("ACCEPTED");
        return "%s  %s v%d  %s  %s"
                .formatted(
                        verdict.tone().paint(verdict.text(), output.outColors()),
                        accepted.policyId(),
                        accepted.version(),
                        accepted.action(),
                        digest(accepted.digest()))
                .stripTrailing();
    }

    static String of(WorkloadAccepted accepted, Output output) {
        Cell verdict = Glyph.YES.with("ACCEPTED");
        return "%s  %s  %s"
                .formatted(verdict.tone().paint(verdict.text(), output.outColors()), accepted.id(), accepted.action());
    }

    /** The beginning of a digest; empty where there is none. */
    static String digest(String digest) {
        return digest == null ? "" : "sha256:" + digest.substring(0, Math.min(DIGEST_SHOWN, digest.length()));
    }
}
