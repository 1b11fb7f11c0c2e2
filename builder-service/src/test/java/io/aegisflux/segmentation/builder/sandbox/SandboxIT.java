package io.aegisflux.segmentation.builder.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.harness.NeedsKernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a tool can do, in each way to confine it; the test's tool is a shell. */
@NeedsKernel
class SandboxIT {
    private static final Path SHELL = Path.of("/bin/sh");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void open() {
        workspace = new Workspace(folder.resolve("builds"));
    }

    private ToolResult run(Confinement confinement, String script) throws IOException, InterruptedException {
        return run(confinement, script, PATIENCE);
    }

    private ToolResult run(Confinement confinement, String script, Duration patience)
            throws IOException, InterruptedException {
        Sandbox sandbox = Sandbox.of(workspace, confinement);
        try (WorkDirectory directory = sandbox.open()) {
            directory.write("given", "given to the tool".getBytes());
            return sandbox.run(new ToolCommand("sh", SHELL, List.of("-c", script), null, patience), directory);
        }
    }

    @Test
    void choosesTheStrictestThatThisHostPermits() throws InterruptedException {
        Sandbox sandbox = Sandbox.on(workspace);
        assertThat(sandbox.hasNamespaces()).isTrue();
        assertThat(sandbox.words()).isEqualTo(Confinement.NAMESPACES.words());
    }

    @ParameterizedTest
    @EnumSource
    void letsAToolReadAndWriteItsWorkingDirectory(Confinement confinement) throws Exception {
        ToolResult result = run(confinement, "cat given && echo made > made && cat made");
        assertThat(result).isEqualTo(new ToolResult("sh", 0, "given to the toolmade\n", PATIENCE));
    }

    @ParameterizedTest
    @EnumSource
    void givesAToolNoEnvironmentAndNoRights(Confinement confinement) throws Exception {
        assertThat(run(confinement, "env").words().lines().filter(line -> !line.startsWith("PWD=")))
                .containsExactlyInAnyOrder("PATH=" + SystemCommand.PATH, "LANG=C");
        if (confinement != Confinement.LIMITS) { // there it keeps those of this process
            assertThat(run(confinement, "chown 1 made 2>&1; : > made; chown 1 made")
                            .isFailure())
                    .isTrue();
            assertThat(run(confinement, "mount -t tmpfs x . 2>&1").isFailure()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NAMESPACES", "USER_NAMESPACE"})
    void hidesEverythingElseFromATool(Confinement confinement) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        assertThat(run(confinement, "ls -d /etc /root /home /proc /sys /dev /tmp /var " + folder + " 2>&1")
                        .words())
                .doesNotContain("\n/")
                .contains("/etc", folder.toString());
        assertThat(run(confinement, "cat /etc/passwd " + secret).words()).doesNotContain("root:", "secret\n");
        assertThat(run(confinement, "echo > /usr/made").isFailure()).isTrue();
        assertThat(run(confinement, "echo > /made").isFailure()).isTrue();
        assertThat(run(confinement, "kill -0 " + ProcessHandle.current().pid()).isFailure())
                .isTrue();
    }

    @Test
    void takesTheRightsOfRootWhereThereAreNoNamespaces() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        assertThat(run(Confinement.NOBODY, "id -u; cat " + secret).words())
                .startsWith("65534")
                .doesNotContain("secret\n")
                .contains("Permission denied");
        assertThat(run(Confinement.NOBODY, "cat /etc/shadow").isFailure()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void endsAToolThatTakesTooLongWithAllThatItHasStarted(Confinement confinement) throws Exception {
        String mark = "86399." + confinement.ordinal() + ProcessHandle.current().pid();
        ToolResult result = run(confinement, "sleep " + mark + " & sleep " + mark, Duration.ofSeconds(1));
        assertThat(result.isFailure()).isTrue();
        assertThat(result.reason()).startsWith("sh was killed: it took more than 1 s");
        assertThat(ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine())
                        .flatMap(Optional::stream)
                        .filter(line -> line.contains("sleep " + mark)))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void boundsMemoryFilesAndCores(Confinement confinement) throws Exception {
        assertThat(run(confinement, "ulimit -v; ulimit -f; ulimit -c; ulimit -t")
                        .words())
                .isEqualTo("%d\n%d\n0\n60\n".formatted(2L << 20, 64L << 11)); // KiB, then blocks of 512 bytes
        assertThat(run(confinement, "yes | head -c 1000000 > file").isFailure()).isFalse();
        assertThat(run(confinement, "yes | head -c 70000000 > file").isFailure())
                .isTrue();
    }

    @Test
    void showsAToolThatIsInstalledElsewhere() throws Exception {
        Path tool = Files.createDirectories(folder.resolve("opt/bin")).resolve("tool");
        Files.writeString(tool, "#!/bin/sh\ncat \"$(dirname \"$0\")/../lib/data\"\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(Files.createDirectories(folder.resolve("opt/lib")).resolve("data"), "its data");
        Sandbox sandbox = Sandbox.of(workspace, Confinement.NAMESPACES);
        try (WorkDirectory directory = sandbox.open()) {
            assertThat(sandbox.run(new ToolCommand("tool", tool, List.of(), null, PATIENCE), directory)
                            .words())
                    .isEqualTo("its data");
        }
    }

    @Test
    void leavesNoMountBehind() throws Exception {
        run(Confinement.NAMESPACES, "true");
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(folder.toString());
        assertThat(folder.resolve("builds")).isEmptyDirectory();
    }
}
