package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.context.Contexts;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Show a context, without its secrets. */
@Command(
        name = "show",
        description = "Show a context, without its secrets.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  segctl context show", "  segctl context show lab -o yaml"})
final class ContextShowCommand implements Callable<Integer> {
    private final RootCommand root;

    @NamesContext
    @Parameters(
            index = "0",
            paramLabel = "NAME",
            arity = "0..1",
            description = "The context (default: the selected one).")
    private String name;

    ContextShowCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Contexts contexts = ContextUseCommand.contexts(root);
        String selected = contexts.selected().orElse("");
        String wanted = name == null ? selected : name;
        if (wanted.isEmpty()) {
            throw Failure.usage("no context is selected", "name one: segctl context show NAME");
        }
        ContextView view = ContextView.of(contexts.get(wanted), wanted.equals(selected));
        Output output = root.output();
        if (output.isJson()) {
            output.json(view);
        } else {
            print(view, output);
        }
        return ExitCode.OK;
    }

    private static void print(ContextView view, Output output) {
        output.line(Printable.of("%s%s".formatted(view.name(), view.selected() ? " (selected)" : "")));
        line("description", view.description(), output);
        line("url", view.url(), output);
        line("auth", view.auth(), output);
        line("user", view.user(), output);
        line("creds", view.creds(), output);
        line("unsupported", view.unsupported(), output);
    }

    private static void line(String what, String value, Output output) {
        if (value != null && !value.isEmpty()) {
            output.line(Printable.of("  %-12s %s".formatted(what, value)));
        }
    }
}
