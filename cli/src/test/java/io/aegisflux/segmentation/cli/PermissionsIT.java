package io.aegisflux.segmentation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Author;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.RolloutChange;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.NatsServer;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the broker forbids ends with 5, at once, and says which right is missing. */
class PermissionsIT {
    private static NatsServer server;
    private static Bench bench;

    @BeforeAll
    static void start() {
        server = NatsServer.start(NatsBinary.find(), "127.0.0.1", NatsServer.freePort(), """
                authorization {
                  users: [
                    { user: admin, password: secret }
                    { user: viewer, password: look, permissions: {
                        publish: ["segmentation.api.policy.list", "$JS.API.INFO"],
                        subscribe: ["segmentation.events.*", "_INBOX.>"] } }
                  ]
                  timeout: 5
                }
                no_auth_user: admin
                """);
        bench = Bench.answering(server.url());
    }

    @AfterAll
    static void stop() {
        bench.close();
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | policy ls                              | ",
                "0 | req segmentation.api.policy.list       | ",
                "5 | pub segmentation.policies.web-db {}    | does not permit this user to publish to segmentation.policies.web-db",
                "5 | req segmentation.api.policy.hosts      | does not permit this user to ask segmentation.api.policy.hosts",
                "5 | policy get web-db                      | does not permit this user to ask segmentation.api.policy.get",
                "5 | policy delete web-db                   | does not permit this user to ask segmentation.policies.web-db",
                "5 | sub segmentation.system.* --count 1    | does not permit this user to subscribe to segmentation.system.*",
                "5 | events                                 | does not permit this user to read the stream SEGMENTATION_EVENTS",
            })
    void aViewerMayLookAndNotTouch(int exit, String command, String reason) {
        Run run = as("viewer", "look").segctl((command + " --timeout 3s").split(" "));

        assertThat(run.exit()).as(run.err()).isEqualTo(exit);
        if (reason != null) {
            assertThat(run.err()).contains(reason).contains("--creds FILE");
        }
    }

    @Test
    void theDoctorSkipsWhatItMayNotAskAndGoesOn() {
        Run run = as("viewer", "look").segctl("doctor", "--timeout", "3s");

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.out())
                .contains("✔ AF-101")
                .contains("– AF-104")
                .contains("– AF-201")
                .contains("– AF-203")
                .contains(
                        "not permitted: the broker does not permit this user to ask segmentation.api.telemetry.summary")
                .contains("0 problems");
    }

    @Test
    void aWrongPasswordEndsWithFive() {
        Run run = as("viewer", "guess").segctl("policy", "ls");

        assertThat(run.exit()).as(run.err()).isEqualTo(5);
        assertThat(run.err())
                .contains("does not let us in")
                .contains("NATS_PASSWORD")
                .doesNotContain("guess");
    }

    @Test
    void optionsGoBeforeTheEnvironment() {
        Run run = as("viewer", "guess").segctl("policy", "ls", "--user", "admin", "--password", "secret");

        assertThat(run.exit()).as(run.err()).isZero();
    }

    @Test
    void whoPublishesSaysByItselfWhoItIs() throws Exception {
        Subscription heard = bench.connection().subscribe("segmentation.*.*");
        bench.flush();
        Run.With admin = as("admin", "secret");
        String machine = System.getProperty("user.name")
                + '@'
                + Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        String withPassword = server.url().replace("://", "://admin:secret@");

        assertThat(author(heard, admin, "policy delete web-db")).isEqualTo("admin");
        assertThat(author(heard, admin, "policy undelete gone")).isEqualTo("admin");
        assertThat(author(heard, admin, "policy rollback web-db")).isEqualTo("admin");
        assertThat(author(heard, admin, "policy disable web-db")).isEqualTo("admin");
        assertThat(author(heard, admin, "workload rm legacy-db")).isEqualTo("admin");
        assertThat(author(heard, admin, "policy delete web-db --author ann")).isEqualTo("ann");
        assertThat(author(heard, Run.against(server.url()), "policy delete web-db"))
                .as("nobody's name is known to the broker")
                .isEqualTo(machine);
        assertThat(author(heard, Run.against(withPassword), "policy delete web-db"))
                .isEqualTo("admin");
    }

    @Test
    void whoChangesARolloutSaysWhoItIs() throws Exception {
        Subscription heard = bench.connection().subscribe("segmentation.api.policy.rollout_change");
        bench.flush();
        assertThat(as("admin", "secret").segctl("rollout", "pause", "web-db").exit())
                .isZero();
        assertThat(Wire.read(heard.nextMessage(Duration.ofSeconds(20)).getData(), RolloutChange.class)
                        .author())
                .isEqualTo(new Author("admin"));
    }

    /** What the publish of this command says. */
    private static String author(Subscription heard, Run.With who, String command) {
        Run run = who.segctl(command.split(" "));
        assertThat(run.exit()).as(run.err()).isZero();
        try {
            Message publish = heard.nextMessage(Duration.ofSeconds(20));
            return publish.getHeaders().getFirst(PublishHeaders.AUTHOR);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Run.With as(String user, String password) {
        return Run.against(server.url())
                .environment(Map.of("NATS_URL", server.url(), "NATS_USER", user, "NATS_PASSWORD", password));
    }
}
