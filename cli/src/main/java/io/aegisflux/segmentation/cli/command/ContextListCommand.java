package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.context.Contexts;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Table;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** List the contexts. */
@Command(
        name = "ls",
        description = "List the contexts.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  segctl context ls", "  segctl context ls -o json"})
final class ContextListCommand implements Callable<Integer> {
    private final RootCommand root;

    ContextListCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        List<ContextView> views = root.contexts().map(ContextListCommand::views).orElse(List.of());
        Output output = root.output();
        if (output.isJson()) {
            output.json(views);
            return ExitCode.OK;
        }
        if (views.isEmpty()) {
            output.notice("no contexts yet: segctl context add NAME --server nats://HOST:4222");
            return ExitCode.OK;
        }
        Table table = new Table("NAME", "", "URL", "AUTH", "DESCRIPTION");
        views.forEach(view -> table.row(
                Cell.of(view.name()),
                view.selected() ? Glyph.YES.with("selected") : Cell.of(""),
                Cell.of(view.url()),
                Cell.of(view.user() == null ? view.auth() : "user " + view.user()),
                Cell.of(view.description())));
        output.table(table);
        return ExitCode.OK;
    }

    private static List<ContextView> views(Contexts contexts) {
        String selected = contexts.selected().orElse("");
        return contexts.names().stream()
                .map(name -> ContextView.of(contexts.get(name), name.equals(selected)))
                .toList();
    }
}
