package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Stdio;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A message on the command line: its subject, and its body as an argument, in a file, or from stdin. */
final class OutgoingMessage {
    private static final String STDIN = "-";

    @Parameters(index = "0", paramLabel = "SUBJECT", description = "Where to.")
    private String subject;

    @Parameters(index = "1", arity = "0..1", paramLabel = "BODY", description = "The body; - reads it from stdin.")
    private String text;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "A file with the body; - is stdin.")
    private String file;

    /**
     * @throws Failure of the usage kind when nothing can be published there
     */
    String subject() {
        return SubjectText.concrete(subject);
    }

    /**
     * @throws Failure of the usage kind when it is given twice or cannot be read
     */
    byte[] body(Stdio stdio) {
        if (text != null && file != null) {
            throw Failure.usage("the body is given twice, as %s and in --file".formatted(text), "give one of them");
        }
        try {
            if (STDIN.equals(text) || STDIN.equals(file)) {
                return stdio.in().readAllBytes();
            }
            if (file != null) {
                return Files.readAllBytes(Path.of(file));
            }
        } catch (IOException e) {
            throw Failure.usage("cannot read %s: %s".formatted(file, e), "name a readable file, or - for stdin");
        }
        return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    }
}
