package io.aegisflux.segmentation.builder.clang;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.builder.domain.Architecture;
import io.aegisflux.segmentation.builder.domain.BuildFailedException;
import io.aegisflux.segmentation.builder.domain.BuildInputs;
import io.aegisflux.segmentation.builder.domain.BuildStage;
import io.aegisflux.segmentation.builder.sandbox.BpfGround;
import io.aegisflux.segmentation.builder.sandbox.ToolCommand;
import io.aegisflux.segmentation.builder.sandbox.ToolResult;
import io.aegisflux.segmentation.builder.sandbox.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Shows an object to this kernel's verifier before it is signed, where that is permitted and says something: it must be
 * for this architecture, and compiled against this kernel's BTF.
 */
public final class TrialLoad {
    private static final System.Logger LOG = System.getLogger(TrialLoad.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path OWN_BTF = Path.of("/sys/kernel/btf/vmlinux");
    private static final String ON = "on";
    private static final Duration RETRY = Duration.ofSeconds(60);

    private final BpfGround ground;
    private final ToolFinder tools;
    private final DigestedFile ownBtf = new DigestedFile(OWN_BTF);
    private Path tried;
    private long triedAt;
    private String refusal;

    public TrialLoad(BpfGround ground, ToolFinder tools) {
        this.ground = requireNonNull(ground, "ground is null");
        this.tools = requireNonNull(tools, "tools is null");
    }

    /** {@code on}, or why not. */
    public String words() {
        String why = refusal();
        return why.isEmpty() ? ON : "off: " + why;
    }

    /**
     * Has the kernel verify the programs, and forgets them.
     *
     * @throws BuildFailedException when it refuses, with the verifier's words
     */
    void require(BuildInputs inputs, byte[] object, WorkDirectory directory)
            throws IOException, BuildFailedException, InterruptedException {
        Optional<String> reason = whyNot(inputs);
        if (reason.isPresent()) {
            LOG.log(System.Logger.Level.INFO, "{0}: not loaded as a trial: {1}", inputs.selection(), reason.get());
            return;
        }
        Path checked = directory.writeChecked("trial.o", object);
        ToolResult result = ground.run(
                new ToolCommand(
                        "bpftool",
                        bpftool().orElseThrow(),
                        List.of("prog", "loadall", checked.toString(), BpfGround.pin(directory)),
                        null,
                        PATIENCE),
                directory);
        if (result.isFailure()) {
            throw new BuildFailedException(
                    BuildStage.CHECK,
                    "the kernel %s does not load the object".formatted(System.getProperty("os.version")),
                    result.words());
        }
    }

    private Optional<String> whyNot(BuildInputs inputs) throws IOException {
        String why = refusal();
        if (!why.isEmpty()) {
            return Optional.of(why);
        }
        if (!Architecture.ofJvm(System.getProperty("os.arch"))
                .equals(Optional.of(inputs.selection().architecture()))) {
            return Optional.of(
                    "this machine is no " + inputs.selection().architecture().word());
        }
        if (!Files.isReadable(OWN_BTF) || !ownBtf.digest().equals(inputs.btfDigest())) {
            return Optional.of("BTF_PATH is not the BTF of this kernel");
        }
        return Optional.empty();
    }

    /** Empty when this process may load programs; found out once, and a refusal again after a while. */
    private synchronized String refusal() {
        Optional<Path> bpftool = bpftool();
        if (bpftool.isEmpty()) {
            return "there is no bpftool";
        }
        boolean known =
                bpftool.get().equals(tried) && (refusal.isEmpty() || System.nanoTime() - triedAt < RETRY.toNanos());
        if (!known) {
            try {
                refusal = ground.refusal(bpftool.get());
                tried = bpftool.get();
                triedAt = System.nanoTime();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return "interrupted";
            }
        }
        return refusal;
    }

    private Optional<Path> bpftool() {
        try {
            return Optional.of(tools.find(ToolName.BPFTOOL));
        } catch (ToolMissingException e) {
            return Optional.empty();
        }
    }
}
