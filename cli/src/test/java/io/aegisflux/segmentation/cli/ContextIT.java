package io.aegisflux.segmentation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.NatsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contexts lead to the broker, and give no secret away. */
class ContextIT {
    private static NatsServer withUsers;
    private static Process withToken;
    private static String tokenUrl;
    private static Bench bench;

    @TempDir
    Path home;

    @BeforeAll
    static void start() throws IOException {
        withUsers = NatsServer.start(NatsBinary.find(), "127.0.0.1", NatsServer.freePort(), """
                authorization {
                  users: [
                    { user: me, password: hush }
                    { user: nobody, permissions: { publish: { deny: ["segmentation.>"] } } }
                  ]
                  timeout: 5
                }
                no_auth_user: nobody
                """);
        int port = NatsServer.freePort();
        tokenUrl = "nats://127.0.0.1:" + port;
        withToken = new ProcessBuilder(
                        NatsBinary.find().toString(),
                        "-a",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "--auth",
                        "hush-token")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Awaitility.await().until(() -> answers(port));
        bench = Bench.answering(withUsers.url().replace("nats://", "nats://me:hush@"));
    }

    @AfterAll
    static void stop() {
        bench.close();
        withUsers.close();
        withToken.destroy();
    }

    @Test
    void anAddedContextIsUsedWhenItIsNamedOrSelectedAndItsFileIsItsOwnersAlone() throws IOException {
        Run added = as("NATS_PASSWORD", "hush")
                .segctl("context", "add", "lab", "--server", withUsers.url(), "--user", "me");
        assertThat(added.exit()).as(added.err()).isZero();
        Path file = home.resolve(".config/nats/context/lab.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).contains("\"url\"").contains("\"password\" : \"hush\"");

        assertThat(as().segctl("policy", "ls", "--context", "lab").exit()).isZero();
        assertThat(as("NATS_CONTEXT", "lab").segctl("policy", "ls").exit()).isZero();
        assertThat(as().segctl("context", "use", "lab").exit()).isZero();
        assertThat(Files.readString(home.resolve(".config/nats/context.txt"))).isEqualTo("lab");
        assertThat(as().segctl("policy", "ls").exit()).isZero();

        assertThat(as().segctl("policy", "ls", "--user", "me", "--password", "guess")
                        .exit())
                .as("options win")
                .isEqualTo(5);
        assertThat(as("NATS_URL", "nats://127.0.0.1:1").segctl("policy", "ls").exit())
                .as("the environment wins")
                .isEqualTo(4);
        assertThat(as().segctl("context", "rm", "lab").exit()).isZero();
        assertThat(home.resolve(".config/nats/context.txt")).doesNotExist();
        assertThat(file).doesNotExist();
    }

    @Test
    void readsWhatTheNatsCliWrites() throws IOException {
        // Members as jsm.go's natscontext writes them.
        write("token", """
                {"description": "a token", "url": "%s", "socks_proxy": "", "token": "hush-token", "user": "", "password": "",
                 "creds": "", "nkey": "", "cert": "", "key": "", "ca": "", "nsc": "", "jetstream_domain": "",
                 "jetstream_api_prefix": "", "jetstream_event_prefix": "", "inbox_prefix": "", "user_jwt": "",
                 "color_scheme": "", "tls_first": false}
                """.formatted(tokenUrl));

        assertThat(as().segctl("pub", "a.b", "c", "--context", "token").exit()).isZero();
        assertThat(as().segctl("pub", "a.b", "c", "--server", tokenUrl).exit())
                .as("without the context it is refused")
                .isEqualTo(5);
    }

    @Test
    void tellsWhatItCannotFollowInsteadOfConnectingInAnotherWay() throws IOException {
        write("keyed", "{\"url\": \"%s\", \"nkey\": \"/x.nk\", \"tls_first\": true}".formatted(tokenUrl));
        Run run = as().segctl("policy", "ls", "--context", "keyed");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("nkey, tls_first");
        assertThat(as().segctl("context", "show", "keyed").out()).contains("unsupported  nkey, tls_first");
    }

    @Test
    void neverPrintsASecret() throws IOException {
        write("lab", """
                {"description": "the lab", "url": "nats://me:hush@127.0.0.1:1,nats://hush@127.0.0.1:2", "token": "hush",
                 "user": "me", "password": "hush", "creds": "/home/me/lab.creds"}
                """);
        write("spare", "{\"url\": \"nats://spare:4222\"}");
        Files.writeString(home.resolve(".config/nats/context.txt"), "lab\n");

        Golden.assertMatches("context-ls.txt", as().segctl("context", "ls").out());
        Golden.assertMatches(
                "context-ls.json", as().segctl("context", "ls", "-o", "json").out());
        Golden.assertMatches("context-show.txt", as().segctl("context", "show").out());
        for (String command : new String[] {
            "context ls",
            "context show",
            "context show -o yaml",
            "context ls -o json",
            "policy ls -v",
            "context use lab"
        }) {
            Run run = as().segctl((command + " --timeout 1s").split(" "));
            assertThat(run.out() + run.err()).as(command).doesNotContain("hush").isNotEmpty();
        }
    }

    @Test
    void refusesNamesThatLeadElsewhereAndContextsThatAreNotThere() throws IOException {
        write("damaged", "{");
        for (String command : new String[] {
            "context use ../x",
            "context add a/b",
            "context rm nothing",
            "context show",
            "context show damaged",
            "context add damaged",
            "policy ls --context nothing",
            "context add new --user me"
        }) {
            Run run = as().segctl(command.split(" "));
            assertThat(run.exit()).as(command + run.err()).isEqualTo(2);
            assertThat(run.err()).contains("→");
        }
        assertThat(Run.against("")
                        .environment(Map.of())
                        .segctl("context", "use", "x")
                        .err())
                .contains("no home directory");
        assertThat(Run.against("")
                        .environment(Map.of("HOME", home.toString(), "XDG_CONFIG_HOME", home + "/empty"))
                        .segctl("context", "ls")
                        .err())
                .contains("no contexts yet");
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.getInputStream().read() == 'I';
        } catch (IOException e) {
            return false;
        }
    }

    private void write(String name, String content) throws IOException {
        Path file = home.resolve(".config/nats/context").resolve(name + ".json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private Run.With as(String... variables) {
        Map<String, String> environment = new HashMap<>(Map.of("HOME", home.toString()));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return Run.against("").environment(environment);
    }
}
