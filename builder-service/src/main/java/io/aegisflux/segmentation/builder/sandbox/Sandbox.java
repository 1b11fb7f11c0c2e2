package io.aegisflux.segmentation.builder.sandbox;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Runs tools as strictly confined as this host permits. */
public final class Sandbox {
    private static final Duration PROBE = Duration.ofSeconds(30);
    private static final List<String> ALWAYS_VISIBLE = List.of("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64");
    private static final Set<String> PROGRAM_FOLDERS = Set.of("bin", "sbin");

    private final Workspace workspace;
    private final Confinement confinement;
    private final String words;

    private Sandbox(Workspace workspace, Confinement confinement, String words) {
        this.workspace = workspace;
        this.confinement = confinement;
        this.words = words;
    }

    /** Tries what this host permits, the strictest first. */
    public static Sandbox on(Workspace workspace) throws InterruptedException {
        requireNonNull(workspace, "workspace is null");
        String refusal = "";
        for (Confinement candidate : Confinement.values()) {
            Sandbox sandbox =
                    new Sandbox(workspace, candidate, candidate.words() + (candidate.hasNamespaces() ? "" : refusal));
            try {
                ToolResult result = sandbox.tryOut();
                if (!result.isFailure()) {
                    return sandbox;
                }
                refusal = ": " + result.line();
            } catch (IOException e) {
                refusal = ": " + e.getMessage();
            }
        }
        return new Sandbox(workspace, Confinement.LIMITS, "no tool can be run" + refusal);
    }

    /** Confines as this, whether or not the host permits it. */
    static Sandbox of(Workspace workspace, Confinement confinement) {
        return new Sandbox(workspace, confinement, confinement.words());
    }

    /** How tools are confined, and what is in the way of more. */
    public String words() {
        return words;
    }

    /** Whether tools run in namespaces of their own. */
    public boolean hasNamespaces() {
        return confinement.hasNamespaces();
    }

    /** What is missing to run any tool, with the remedy. */
    public List<String> problems() {
        return SystemCommand.missing();
    }

    /** A new working directory, to be closed. */
    public WorkDirectory open() throws IOException {
        return workspace.open(confinement.user());
    }

    /**
     * Runs a tool to its end.
     *
     * @throws IOException when it cannot be started, or does not end
     */
    public ToolResult run(ToolCommand tool, WorkDirectory directory) throws IOException, InterruptedException {
        List<String> command = confinement.command(tool, directory, visible(tool.executable()));
        Path output = null;
        if (tool.outputFile() != null) {
            directory.write(tool.outputFile(), new byte[0]);
            output = directory.work().resolve(tool.outputFile());
        }
        return Launch.run(tool.name(), command, directory.work(), output, tool.patience());
    }

    private ToolResult tryOut() throws IOException, InterruptedException {
        try (WorkDirectory directory = open()) {
            return run(new ToolCommand("sh", Path.of("/bin/sh"), List.of("-c", ": > tried"), null, PROBE), directory);
        }
    }

    /** What a tool needs to be seen in a new root beyond the distribution's folders: its installation. */
    private static List<String> visible(Path executable) throws IOException {
        Set<String> folders = new TreeSet<>();
        for (Path file : List.of(executable, executable.toRealPath())) {
            Path folder = file.getParent();
            boolean installed = PROGRAM_FOLDERS.stream().anyMatch(folder::endsWith);
            String shown = (installed ? folder.getParent() : folder).toString();
            if (!shown.equals("/") && ALWAYS_VISIBLE.stream().noneMatch(seen -> isBelow(shown, seen))) {
                folders.add(shown);
            }
        }
        return new ArrayList<>(folders);
    }

    private static boolean isBelow(String folder, String seen) {
        return Path.of(folder).startsWith(seen);
    }
}
