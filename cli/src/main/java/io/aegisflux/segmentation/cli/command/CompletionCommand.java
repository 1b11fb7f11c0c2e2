package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.outcome.ExitCode;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a shell needs to complete verbs and options. */
@Command(
        name = "completion",
        description =
                "Print a completion script for bash or zsh: verbs, options, the names of policies, hosts and contexts, and filters.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(segctl completion bash)",
            "  segctl completion bash > /usr/share/bash-completion/completions/segctl"
        })
final class CompletionCommand implements Callable<Integer> {
    private final RootCommand root;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "SHELL", description = "bash or zsh.")
    private Shell shell;

    /** The script is for both: zsh reads bash's own completions when it is told to, which the script does. */
    enum Shell {
        BASH,
        ZSH
    }

    CompletionCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        String script = AutoComplete.bash("segctl", spec.root().commandLine()) + LiveValues.script(spec.root());
        root.output().raw(script.getBytes(StandardCharsets.UTF_8));
        return ExitCode.OK;
    }
}
