package io.aegisflux.segmentation.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.aegisflux.segmentation.cli.terminal.Stdio;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every command that README.md and docs/ show, and every example of a verb's help, is one that segctl takes. */
class DocumentedCommandsTest {
    private static final Pattern FENCED = Pattern.compile("(?ms)^```[a-z]*\\n(.*?)^```$");
    private static final Pattern COMMAND = Pattern.compile("(?m)^(?:[$ ] ?)?(?:[a-z/]*/)?segctl (.+)$");

    /** A comment of the shell, or words that stand apart. */
    private static final Pattern REMARK = Pattern.compile("\\s+#.*| {3,}.*");

    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    private record Documented(String where, String command) {
        @Override
        public String toString() {
            return where + ": segctl " + command;
        }
    }

    @ParameterizedTest
    @MethodSource({"ofPages", "ofHelp"})
    void isOneThatSegctlTakes(Documented documented) {
        String[] words = words(documented.command);
        assertThatCode(() -> tree().parseArgs(words)).as(documented.toString()).doesNotThrowAnyException();
    }

    @Test
    void thereAreMany() throws IOException {
        assertThat(ofPages().count()).isGreaterThan(25);
        assertThat(ofHelp().count()).isGreaterThan(40);
    }

    static Stream<Documented> ofPages() throws IOException {
        List<Documented> found = new ArrayList<>();
        try (Stream<Path> docs = Files.list(Repository.root().resolve("docs"))) {
            Stream.concat(Stream.of(Repository.root().resolve("README.md")), docs)
                    .filter(page -> page.toString().endsWith(".md"))
                    .sorted()
                    .forEach(page -> FENCED.matcher(text(page))
                            .results()
                            .forEach(block -> collect(page.getFileName().toString(), block.group(1), found::add)));
        }
        return found.stream();
    }

    static Stream<Documented> ofHelp() {
        List<Documented> found = new ArrayList<>();
        collect(tree(), found::add);
        return found.stream();
    }

    private static void collect(CommandLine command, Consumer<Documented> into) {
        String[] footer = command.getCommandSpec().usageMessage().footer();
        collect("help of " + command.getCommandSpec().qualifiedName(), String.join("\n", footer), into);
        command.getSubcommands().values().forEach(each -> collect(each, into));
    }

    private static void collect(String where, String text, Consumer<Documented> into) {
        Matcher commands = COMMAND.matcher(text.replace("\\\n", " "));
        while (commands.find()) {
            String command = REMARK.matcher(commands.group(1)).replaceFirst("");
            into.accept(new Documented(where, command.split(" (?:[|>]|&&) ", 2)[0].strip()));
        }
    }

    private static String[] words(String command) {
        return WORD.matcher(command)
                .results()
                .map(word -> Stream.of(word.group(1), word.group(2), word.group(3))
                        .filter(part -> part != null)
                        .findFirst()
                        .orElseThrow())
                .toArray(String[]::new);
    }

    private static CommandLine tree() {
        return CommandTree.of(new RootCommand(Stdio.ofProcess()));
    }

    private static String text(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
