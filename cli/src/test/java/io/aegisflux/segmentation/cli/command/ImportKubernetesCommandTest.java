package io.aegisflux.segmentation.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.cli.Golden;
import io.aegisflux.segmentation.cli.Run;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportKubernetesCommandTest {
    private static final Path MANIFESTS = Repository.root().resolve("cli/src/test/resources/kubernetes");
    private static final String MIXED = MANIFESTS.resolve("mixed.yaml").toString();

    @TempDir
    Path directory;

    @Test
    void reportsWhatIsLostAndEndsWithThree() {
        Run report = run("", MIXED);

        Golden.assertMatches("import-k8s.txt", masked(report.out()));
        assertThat(report.exit()).isEqualTo(3);
        assertThat(report.err()).contains("1 of 5 taken over as they are");
        Golden.assertMatches(
                "import-k8s.json", masked(run("", MIXED, "-o", "json").out()));
    }

    @Test
    void writesTheDocumentsToStdoutAndTheReportToStderr() {
        Run run = run("", MIXED, "--stdout", "--mode", "enforce", "--priority", "10");

        Golden.assertMatches("import-k8s-stdout.json", run.out());
        assertThat(run.err()).contains("PARTLY").contains("k8s_allow_default_db-metrics");
    }

    @Test
    void writesOneFileForEachPolicyInTheOrderInWhichTheyAreToBeApplied() throws IOException {
        Path made = directory.resolve("new/policies");
        Run run = run("", MANIFESTS.resolve("recipes").toString(), "-d", made.toString());

        assertThat(run.exit()).as(run.err()).isZero();
        try (Stream<Path> files = Files.list(made)) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .contains("k8s_allow_default_a-api-to-db.json", "k8s_isolation_default_z-default-deny.json")
                    .isSortedAccordingTo((one, other) ->
                            Boolean.compare(one.startsWith("k8s_isolation_"), other.startsWith("k8s_isolation_")));
        }
        assertThat(run("", MANIFESTS.resolve("recipes").toString(), "-d", made.toString())
                        .exit())
                .as("the same again")
                .isZero();
    }

    @Test
    void overwritesNothingOfOtherContent() throws IOException {
        Files.writeString(directory.resolve("k8s_isolation_default_db-metrics.json"), "mine");
        Run run = run("", MIXED, "-d", directory.toString());

        assertThat(run.exit()).isEqualTo(5);
        assertThat(run.err()).contains("is there already").contains("nothing is written");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void readsJsonAndTypedListsAndStdin() {
        Run run = run("""
                {"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicyList","items":[
                \t{"metadata":{"name":"a","namespace":"x"},"spec":{"podSelector":{}}}]}
                """, "-", "-o", "json");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("\"k8s_isolation_x_a\"").contains("\"source\" : \"- item 1\"");
    }

    @Test
    void refusesWhatIsNoManifestBeforeAnythingIsWritten() throws IOException {
        for (String text : new String[] {
            "a: [1", "a: 1\na: 2", "a: !!java.net.URL [http://x]", "a: {{ .Values.x", "&a [*a]", growing(),
        }) {
            Path file = Files.writeString(directory.resolve("x.yaml"), text);
            Run run = run(
                    "", file.toString(), MIXED, "-d", directory.resolve("out").toString());

            assertThat(run.exit()).as(text + run.err()).isEqualTo(5);
            assertThat(run.err()).contains("x.yaml").contains("→");
            assertThat(directory.resolve("out")).doesNotExist();
        }
    }

    @Test
    void whatIsNoObjectOfKubernetesIsAFinding() {
        Run run = run("{{ .Values.x }}", "-");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.out()).contains("it has no kind");
    }

    @Test
    void refusesWrongUsage() {
        assertThat(run("", MIXED, "--stdout", "-d", directory.toString()).exit())
                .isEqualTo(2);
        assertThat(run("", MIXED, "--priority", "1000000").exit()).isEqualTo(2);
        assertThat(run("", MIXED, "--mode", "strict").exit()).isEqualTo(2);
        assertThat(run("", directory.toString()).exit()).isEqualTo(2);
        assertThat(run("").exit()).isEqualTo(2);
    }

    /** Two to the power of 24 once its aliases are written out. */
    private static String growing() {
        StringBuilder text = new StringBuilder("l0: &l0 [x]\n");
        for (int i = 1; i <= 24; i++) {
            text.append("l%d: &l%d [*l%d, *l%d]\n".formatted(i, i, i - 1, i - 1));
        }
        return text.toString();
    }

    private static String masked(String output) {
        return output.replace(MANIFESTS.toString(), "DIR");
    }

    private static Run run(String stdin, String... arguments) {
        String[] all =
                Stream.concat(Stream.of("import", "k8s"), Stream.of(arguments)).toArray(String[]::new);
        return Run.against("nats://no.broker.is.asked:1").stdin(stdin).segctl(all);
    }
}
