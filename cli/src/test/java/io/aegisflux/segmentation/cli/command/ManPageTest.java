package io.aegisflux.segmentation.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.aegisflux.segmentation.cli.Golden;
import io.aegisflux.segmentation.cli.Run;
import io.aegisflux.segmentation.cli.terminal.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Pages of the manual that its programs take without a word. */
class ManPageTest {
    @TempDir
    Path directory;

    @BeforeEach
    void write() {
        Run run = Run.against("nats://no.broker.is.asked:1").segctl("man", "-d", directory.toString());
        assertThat(run.exit()).as(run.err()).isZero();
    }

    @Test
    void everyVerbHasAPageWithAnExample() throws IOException {
        List<String> names = new ArrayList<>();
        collect(CommandTree.of(new RootCommand(Stdio.ofProcess())), names);

        try (Stream<Path> pages = Files.list(directory)) {
            assertThat(pages).hasSize(names.size());
        }
        for (String name : names) {
            assertThat(Files.readString(directory.resolve(name + ".1")))
                    .as(name)
                    .isASCII()
                    .containsPattern("\\.SH EXAMPLES\n\\.nf\n.*segctl ");
        }
    }

    @Test
    void grammarAndRenderersFindNothing() throws Exception {
        List<Path> pages;
        try (Stream<Path> all = Files.list(directory)) {
            pages = all.sorted().toList();
        }
        for (String program : List.of("groff -man -ww -z -Tutf8", "mandoc -Tlint -Wwarning")) {
            List<String> command = new ArrayList<>(List.of(program.split(" ")));
            assumeThat(Path.of("/usr/bin", command.getFirst())).exists();
            pages.forEach(page -> command.add(page.toString()));
            assertThat(output(command)
                            .lines()
                            .filter(line -> !line.contains("missing date"))
                            .toList())
                    .as(program)
                    .isEmpty();
        }
    }

    @Test
    void aPageReads() throws Exception {
        assumeThat(Path.of("/usr/bin/mandoc")).exists();

        Golden.assertMatches(
                "man-policy-apply.txt",
                output(List.of(
                                "mandoc",
                                "-Tutf8",
                                "-Owidth=100",
                                directory.resolve("segctl-policy-apply.1").toString()))
                        .replaceAll(".\\x08", ""));
    }

    private static void collect(CommandLine line, List<String> names) {
        if (!line.getCommandSpec().usageMessage().hidden()) {
            names.add(line.getCommandSpec().qualifiedName("-"));
            line.getSubcommands().values().stream().distinct().forEach(below -> collect(below, names));
        }
    }

    private static String output(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }
}
