package io.aegisflux.segmentation.builder.sandbox;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs bpftool with this process' rights where a bpffs of its own is mounted, in namespaces that end with it: what it
 * loads and pins is gone then, whatever happens to this process.
 */
public final class BpfGround {
    private static final Duration PROBE = Duration.ofSeconds(30);
    private static final String BPFFS_ON_THE_FIRST = """
            set -eu
            mount -t bpf bpf "$1"
            shift
            exec "$@"
            """;

    private final Sandbox sandbox;

    public BpfGround(Sandbox sandbox) {
        this.sandbox = requireNonNull(sandbox, "sandbox is null");
    }

    /** A pin that no other process ever sees. */
    public static String pin(WorkDirectory directory) {
        return directory.root().resolve("trial").toString();
    }

    /** Makes a map as a trial; empty when that is permitted, else why not. */
    public String refusal(Path bpftool) throws InterruptedException {
        try (WorkDirectory directory = sandbox.open()) {
            List<String> map = List.of(
                    "map",
                    "create",
                    pin(directory),
                    "type",
                    "array",
                    "key",
                    "4",
                    "value",
                    "4",
                    "entries",
                    "1",
                    "name",
                    "trial");
            ToolResult result = run(new ToolCommand("bpftool", bpftool, map, null, PROBE), directory);
            return result.isFailure() ? result.reason() + ": " + result.line() : "";
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    /**
     * Runs it to its end.
     *
     * @throws IOException when it cannot be started, or does not end
     */
    public ToolResult run(ToolCommand bpftool, WorkDirectory directory) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                SystemCommand.UNSHARE.path(),
                "--mount",
                "--net",
                "--pid",
                "--fork",
                "--kill-child=KILL",
                "--",
                SystemCommand.SH.path(),
                "-c",
                BPFFS_ON_THE_FIRST,
                "trial",
                directory.root().toString(),
                bpftool.executable().toString()));
        command.addAll(bpftool.arguments());
        return Launch.run(bpftool.name(), command, directory.work(), null, bpftool.patience());
    }
}
