package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the pages of the manual. */
@Command(
        name = "man",
        description = "Write the pages of the manual, one for each command.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  segctl man -d /usr/local/share/man/man1", "  segctl man -d . && man -l ./segctl-policy-apply.1"})
final class ManCommand implements Callable<Integer> {
    private final RootCommand root;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-d", "--directory"},
            paramLabel = "DIR",
            required = true,
            description = "Where to; made where it is missing.")
    private Path directory;

    ManCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Map<String, String> pages = ManPage.all(spec.root());
        try {
            Files.createDirectories(directory);
            for (Map.Entry<String, String> page : pages.entrySet()) {
                Files.writeString(directory.resolve(page.getKey()), page.getValue());
            }
        } catch (IOException e) {
            throw Failure.usage(
                    "cannot write into %s: %s".formatted(directory, e), "name a directory that can be written to");
        }
        root.output().notice("%d pages in %s".formatted(pages.size(), directory));
        return ExitCode.OK;
    }
}
