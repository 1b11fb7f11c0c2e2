package io.aegisflux.segmentation.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.harness.NatsServerExtension;
import io.aegisflux.segmentation.harness.Repository;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The demo where no playground is; with real connections it is tried in e2e. */
class DemoIT {
    @RegisterExtension
    static final NatsServerExtension NATS = new NatsServerExtension();

    private static final String SOMEBODYS = "{\"id\": \"segctl-demo\", \"name\": \"somebody's\"}";
    private static final String OURS = "{\"id\": \"segctl-demo\", \"metadata\": {\"made_by\": \"segctl demo\"},"
            + " \"applies_to\": {\"hosts\": [\"host-b\"]}}";

    @TempDir
    Path directory;

    private OnePolicyService service;

    @BeforeEach
    void answer() {
        service = OnePolicyService.on(NATS.url());
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void tellsItOfAnyHostAndLeavesNothing() {
        Run run = Run.against(NATS.url()).segctl("demo", "--host", "host-b");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        Golden.assertMatches("demo.txt", run.out().replaceAll("[0-9.]+ ms", "# ms"));
        assertThat(service.version()).isEqualTo(2);
        assertThat(service.document()).isNull();
        assertThat(service.published())
                .contains("\"mode\": \"audit\"", "\"hosts\": [\"host-b\"]", "\"expires_at\": \"2026-11-24T13:00:00Z\"");
        Golden.assertMatches("demo-policy.json", service.published());
    }

    @Test
    void twoAfterEachOtherAreTheSameButForTheVersion() {
        Run first = Run.against(NATS.url()).segctl("demo", "--host", "host-b");
        Run second = Run.against(NATS.url()).segctl("demo", "--host", "host-b");

        assertThat(second.exit()).as(second.err()).isZero();
        assertThat(second.out().replaceAll("[0-9.]+ ms", "# ms").replaceAll("version 3|@v3", "V"))
                .isEqualTo(first.out().replaceAll("[0-9.]+ ms", "# ms").replaceAll("version 1|@v1", "V"));
    }

    @Test
    void doesNotTouchAPolicyOfItsNameThatIsNotItsOwn() {
        service.hold(SOMEBODYS);

        Run run = Run.against(NATS.url()).segctl("demo", "--host", "host-b");

        assertThat(run.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("a policy segctl-demo that no demo has made (version 1)", "policy delete");
        assertThat(service.version()).isEqualTo(1);
    }

    @Test
    void removesWhatAKilledDemoHasLeft() {
        service.hold(OURS);

        Run run = Run.against(NATS.url()).segctl("demo", "--host", "host-b");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).contains("an earlier demo had left segctl-demo version 1; it is deleted");
        assertThat(run.out()).contains("it is version 3");
        assertThat(service.document()).isNull();
    }

    @Test
    void removesItsPolicyWhenAStepDoesNotHold() {
        service.explainsNothing();

        Run run = Run.against(NATS.url()).segctl("demo", "--host", "host-b");

        assertThat(run.exit()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.err()).contains("this did not hold: web 192.0.2.10 → db 192.0.2.20:5432 is not let through");
        assertThat(service.version()).isEqualTo(2);
        assertThat(service.document()).isNull();
    }

    @Test
    void leavesWhatSomebodyElsePublishesMeanwhile() {
        service.isOverwrittenOncePublished(SOMEBODYS);

        Run run = Run.against(NATS.url()).segctl("demo", "--host", "host-b");

        assertThat(run.exit()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.err()).contains("segctl-demo was changed by somebody else meanwhile and is left as it is");
        assertThat(service.document()).isEqualTo(SOMEBODYS);
    }

    @Test
    void keepsItWhereThatIsWished() {
        Run run = Run.against(NATS.url()).segctl("demo", "--host", "host-b", "--keep");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("5  Kept, as --keep says", "segctl policy delete segctl-demo");
        assertThat(service.version()).isEqualTo(1);
        assertThat(service.document()).isNotNull();
    }

    @Test
    void waitsForEnterBetweenTheSteps() {
        Run run = Run.against(NATS.url()).stdin("\n\n\n\n").segctl("demo", "--host", "host-b", "--pause");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err().lines()).hasSize(4).allMatch("Enter goes on …"::equals);
    }

    @Test
    void withoutAHostThatIsInStepThereIsNoDemo() {
        Run run = Run.against(NATS.url()).segctl("demo");

        assertThat(run.exit()).isEqualTo(ExitCode.INCOMPLETE);
        assertThat(run.err()).contains("of 1 hosts none is in step");
        assertThat(service.version()).isZero();
    }

    @Test
    void isForPeople() {
        assertThat(Run.against(NATS.url()).segctl("demo", "-o", "json").exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void removesItsPolicyOnCtrlC() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        "env",
                        "--default-signal=INT",
                        Repository.root().resolve("cli/target/segctl").toString(),
                        "demo",
                        "--pause",
                        "--host",
                        "host-b")
                .directory(directory.toFile());
        builder.environment().put("NATS_URL", NATS.url());
        Process process = builder.start();
        try (var lines = process.inputReader(UTF_8);
                var input = process.outputWriter(UTF_8)) {
            input.write('\n');
            input.flush();
            String line = lines.readLine();
            while (line != null && !line.contains("it is version 1")) {
                line = lines.readLine();
            }
            assertThat(line).as("it is published").isNotNull();
            assertThat(service.document()).isNotNull();
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(service.version()).isEqualTo(2);
            assertThat(service.document()).isNull();
        } finally {
            process.destroyForcibly();
        }
    }
}
