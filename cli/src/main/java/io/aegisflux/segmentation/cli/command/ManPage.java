package io.aegisflux.segmentation.cli.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page of a command in section 1 of the manual, in the macros of man(7), of the words of its help. */
final class ManPage {
    private final CommandSpec command;
    private final StringBuilder page = new StringBuilder();

    private ManPage(CommandSpec command) {
        this.command = command;
    }

    /** The pages of a command and of all below it, by their names: segctl-policy-apply.1. */
    static Map<String, String> all(CommandSpec root) {
        return commands(root).stream()
                .collect(Collectors.toMap(command -> name(command) + ".1", command -> new ManPage(command).text()));
    }

    private static List<CommandSpec> commands(CommandSpec command) {
        List<CommandSpec> all = new ArrayList<>(List.of(command));
        below(command).forEach(each -> all.addAll(commands(each)));
        return all;
    }

    private static List<CommandSpec> below(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .distinct()
                .filter(each -> !each.usageMessage().hidden())
                .toList();
    }

    private static String name(CommandSpec command) {
        return command.qualifiedName("-");
    }

    private String text() {
        String[] description = command.usageMessage().description();
        line(".TH %s 1 \"\" \"segctl %s\" \"AegisFlux Segmentation\""
                .formatted(escaped(name(command).toUpperCase(Locale.ROOT)), escaped(Version.number())));
        section("NAME");
        line("%s \\- %s".formatted(escaped(name(command)), escaped(summary(description[0]))));
        section("SYNOPSIS");
        line("\\fB%s\\fR %s".formatted(escaped(command.qualifiedName()), synopsis()));
        section("DESCRIPTION");
        text(description[0]);
        for (String paragraph : List.of(description).subList(1, description.length)) {
            line(".PP");
            text(paragraph);
        }
        options();
        subcommands();
        exitCodes();
        examples();
        seeAlso();
        return page.toString();
    }

    /** The first sentence, as whatis(1) shows it: without a full stop. */
    private static String summary(String description) {
        String first = description.split("(?<=[.:])\\s", 2)[0];
        return first.replaceAll("[.:]$", "");
    }

    private String synopsis() {
        Stream<String> required = command.options().stream()
                .filter(OptionSpec::required)
                .map(each -> "\\fB%s\\fR \\fI%s\\fR".formatted(escaped(each.names()[0]), escaped(each.paramLabel())));
        Stream<String> positional = below(command).isEmpty()
                ? command.positionalParameters().stream()
                        .map(each -> each.required() ? each.paramLabel() : "[" + each.paramLabel() + "]")
                        .map(label -> "\\fI%s\\fR".formatted(escaped(label)))
                : Stream.of("\\fICOMMAND\\fR");
        return Stream.of(required, Stream.of("[\\fIOPTIONS\\fR]"), positional)
                .flatMap(each -> each)
                .collect(Collectors.joining(" "));
    }

    private void options() {
        section("OPTIONS");
        for (PositionalParamSpec each : command.positionalParameters()) {
            tagged("\\fI%s\\fR".formatted(escaped(each.paramLabel())), each.description());
        }
        for (OptionSpec each : command.options()) {
            String value = each.arity().max() == 0 ? "" : " \\fI%s\\fR".formatted(escaped(each.paramLabel()));
            String names = Arrays.stream(each.names())
                    .map(name -> "\\fB%s\\fR".formatted(escaped(name)))
                    .collect(Collectors.joining(", "));
            tagged(names + value, each.description());
        }
    }

    private void subcommands() {
        if (below(command).isEmpty()) {
            return;
        }
        section("COMMANDS");
        for (CommandSpec each : below(command)) {
            tagged(
                    "\\fB%s\\fR(1)".formatted(escaped(name(each))),
                    each.usageMessage().description());
        }
    }

    private void exitCodes() {
        Map<String, String> codes = command.root().usageMessage().exitCodeList();
        section("EXIT STATUS");
        codes.forEach((code, meaning) -> tagged("\\fB%s\\fR".formatted(escaped(code.strip())), new String[] {meaning}));
    }

    private void examples() {
        String[] footer = command.usageMessage().footer();
        section("EXAMPLES");
        line(".nf");
        for (String example : footer) {
            if (example.startsWith("  ")) {
                text(example.strip());
            }
        }
        line(".fi");
    }

    private void seeAlso() {
        if (command.parent() != null) {
            section("SEE ALSO");
            line("\\fB%s\\fR(1)".formatted(escaped(name(command.parent()))));
        }
    }

    private void section(String name) {
        line(".SH " + name);
    }

    private void tagged(String tag, String[] description) {
        line(".TP");
        line(tag);
        for (String text : description) {
            text(text);
        }
    }

    /** A line of running text: never a request, whatever it begins with. */
    private void text(String text) {
        String escaped = escaped(text.replace("%%", "%").replace("%n", " "));
        line(escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped);
    }

    private void line(String line) {
        page.append(line).append('\n');
    }

    /** ASCII: a sign beyond it by its number, a hyphen as the one that can be copied into a shell. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(each -> {
            switch (each) {
                case '\\' -> escaped.append("\\e");
                case '-' -> escaped.append("\\-");
                case '\'' -> escaped.append("\\(aq");
                case '^' -> escaped.append("\\(ha");
                case '~' -> escaped.append("\\(ti");
                case '`' -> escaped.append("\\(ga");
                case '"' -> escaped.append("\\(dq");
                default -> {
                    if (each < 128) {
                        escaped.append((char) each);
                    } else {
                        escaped.append("\\[u%04X]".formatted(each));
                    }
                }
            }
        });
        return escaped.toString();
    }
}
