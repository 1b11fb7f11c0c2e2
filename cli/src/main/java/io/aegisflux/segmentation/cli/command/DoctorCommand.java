package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.StoredState;
import io.aegisflux.segmentation.cli.doctor.Check;
import io.aegisflux.segmentation.cli.doctor.Finding;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.cli.terminal.Tone;
import io.aegisflux.segmentation.contracts.HostId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Coded checks of everything that segctl can see, with remedies. */
@Command(
        name = "doctor",
        description = {
            "Check broker, services and hosts, and say what to do about what is wrong. Changes nothing.",
            "Each check has a code, see docs/doctor.md. What this user may not ask is skipped. Ends with 3 when there is a"
                    + " problem."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  segctl doctor", "  segctl doctor --host db-1 -o json", "  segctl doctor --explain AF-305"})
final class DoctorCommand implements Callable<Integer> {
    private final RootCommand root;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            converter = HostIdText.class,
            description = "Of the hosts this one only.")
    private HostId host;

    @Option(names = "--explain", paramLabel = "CODE", description = "Say what a code means; nothing is checked.")
    private String code;

    DoctorCommand(RootCommand root) {
        this.root = root;
    }

    /**
     * What the checks came to.
     *
     * @param problems how many of them
     */
    record Diagnosis(long problems, long warnings, long ok, long skipped, List<Finding> findings) {
        static Diagnosis of(List<Finding> findings) {
            return new Diagnosis(
                    count(findings, Finding.State.PROBLEM),
                    count(findings, Finding.State.WARNING),
                    count(findings, Finding.State.OK),
                    count(findings, Finding.State.SKIPPED),
                    findings);
        }

        private static long count(List<Finding> findings, Finding.State state) {
            return findings.stream().filter(each -> each.state() == state).count();
        }
    }

    /** A code in words. */
    record Explanation(Check code, String title, String meaning, String remedy) {}

    @Override
    public Integer call() {
        Output output = root.output();
        if (code != null) {
            explain(output);
            return ExitCode.OK;
        }
        Diagnosis diagnosis = Diagnosis.of(findings(output));
        if (output.isJson()) {
            output.json(diagnosis);
        } else {
            diagnosis.findings().forEach(each -> print(each, output));
            output.line("%d problems, %d warnings, %d ok, %d skipped"
                    .formatted(diagnosis.problems(), diagnosis.warnings(), diagnosis.ok(), diagnosis.skipped()));
        }
        return diagnosis.problems() > 0 ? ExitCode.FINDINGS : ExitCode.OK;
    }

    /** That there is no broker is a finding, too; that we are not let in or wrote a wrong address is none. */
    private List<Finding> findings(Output output) {
        StoredState state;
        try {
            state = new StoredState(root::connect);
        } catch (Failure failure) {
            if (failure.exitCode() != ExitCode.NO_ANSWER) {
                throw failure;
            }
            return new ArrayList<>(List.of(Finding.of(Check.BROKER, Finding.State.PROBLEM, failure.getMessage())));
        }
        try (state) {
            return new Examination(state, output.now()).of(host);
        }
    }

    private void explain(Output output) {
        Check check = Check.of(code)
                .orElseThrow(() -> Failure.usage(
                        "no check has the code %s".formatted(code),
                        "there are "
                                + Arrays.stream(Check.values()).map(Check::code).collect(Collectors.joining(", "))));
        if (output.isJson()) {
            output.json(new Explanation(check, check.title(), check.meaning(), check.remedy()));
            return;
        }
        output.line("%s  %s".formatted(Tone.HEADING.paint(check.code(), output.outColors()), check.title()));
        output.line("  " + check.meaning());
        output.line("  → " + check.remedy());
    }

    private static void print(Finding finding, Output output) {
        Cell sign = switch (finding.state()) {
            case OK -> Glyph.YES.with(finding.check().code());
            case WARNING -> Glyph.HALF.with(finding.check().code());
            case PROBLEM -> Glyph.NO.with(finding.check().code());
            case SKIPPED -> new Cell("– " + finding.check().code(), Tone.FAINT);
        };
        String of = finding.host() == null ? "" : finding.host() + ": ";
        output.line("%s  %s%s  %s"
                .formatted(
                        sign.tone().paint(sign.text(), output.outColors()),
                        of,
                        finding.check().title(),
                        Printable.of(finding.found())));
        if (finding.remedy() != null) {
            output.line("    → " + finding.remedy());
        }
    }
}
