package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bundle.Archive;
import io.aegisflux.segmentation.cli.bundle.Manifest;
import io.aegisflux.segmentation.cli.bundle.Redaction;
import io.aegisflux.segmentation.cli.bus.StoredState;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.contracts.Wire;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** All that segctl can ask, in one file for whoever helps. */
@Command(
        name = "bundle",
        description = {
            "Write all that segctl can ask into an archive for support: versions, doctor, status, hosts, policies with their"
                    + " history, rollouts, telemetry, the last events, streams.",
            "Addresses, names, labels, descriptions and users are replaced by pseudonyms; ports and ids of policies and rules"
                    + " stay (docs/bundle.md). Changes nothing. Ends with 6 when something could not be asked."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl bundle",
            "  segctl bundle /tmp/case-4711.tgz --creds admin.creds",
            "  segctl bundle -o json | jq '.missing[]'      (what is not in it, and why)"
        })
final class BundleCommand implements Callable<Integer> {
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern(
                    "'segctl-bundle-'yyyyMMdd'T'HHmmss'Z.tgz'")
            .withZone(ZoneOffset.UTC);

    private final RootCommand root;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FILE",
            description = "The archive, a tar.gz (default: segctl-bundle-<time>.tgz here).")
    private Path file;

    @Option(names = "--no-redact", description = "Everything as it is: names, addresses, labels and all.")
    private boolean plain;

    @Option(names = "--force", description = "Replace a file of this name.")
    private boolean force;

    BundleCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Output output = root.output();
        Instant now = output.now();
        Path target = file == null ? Path.of(NAME.format(now)) : file;
        if (!force && Files.exists(target)) {
            throw exists(target);
        }
        Manifest manifest;
        try (StoredState state = new StoredState(root::connect);
                Archive archive = new Archive(target, force, now)) {
            if (plain) {
                output.complaint(
                        "nothing is redacted: the bundle tells addresses, names, labels and users as they are");
            }
            manifest = write(archive, state, now, output);
        } catch (FileAlreadyExistsException e) {
            throw exists(target);
        } catch (IOException e) {
            throw Failure.usage(
                    "cannot write %s: %s".formatted(target, e),
                    "name a file in a directory that is there and has room");
        } finally {
            output.progress("");
        }
        tell(manifest, target, output);
        return ExitCode.OK;
    }

    private Manifest write(Archive archive, StoredState state, Instant now, Output output) throws IOException {
        Optional<Redaction> redaction = plain ? Optional.empty() : Optional.of(new Redaction());
        List<Manifest.Missing> missing =
                new BundleGathering(state, archive, redaction, now, path -> output.progress("gathers " + path)).all();
        Manifest manifest = Manifest.of(
                now,
                Version.number(),
                new Manifest.Replaced(
                        !plain,
                        redaction.map(Redaction::addresses).orElse(0L),
                        redaction.map(Redaction::names).orElse(0L)),
                archive.files(),
                missing);
        archive.complete(Wire.write(manifest));
        return manifest;
    }

    private static void tell(Manifest manifest, Path target, Output output) {
        if (output.isJson()) {
            output.json(manifest);
        } else {
            Cell done = (manifest.complete() ? Glyph.YES : Glyph.HALF).with(Printable.of(target.toString()));
            output.line("%s  %d files, %s"
                    .formatted(
                            done.tone().paint(done.text(), output.outColors()),
                            manifest.files().size() + 1,
                            manifest.redaction().applied()
                                    ? "%d addresses and %d names replaced"
                                            .formatted(
                                                    manifest.redaction().addresses(),
                                                    manifest.redaction().names())
                                    : "not redacted"));
            manifest.missing()
                    .forEach(each -> output.line("–  %s  %s".formatted(each.path(), Printable.of(each.reason()))));
        }
        if (!manifest.complete()) {
            throw Failure.incomplete(
                    "%d of %d files are not in the bundle"
                            .formatted(
                                    manifest.missing().size(),
                                    manifest.missing().size() + manifest.files().size()),
                    "manifest.json says why; 'segctl doctor' says what to do about it, another user with --creds FILE may"
                            + " see more");
        }
    }

    private static Failure exists(Path target) {
        return Failure.refused(
                "%s is there already".formatted(target), "name another file, or replace it with --force");
    }
}
