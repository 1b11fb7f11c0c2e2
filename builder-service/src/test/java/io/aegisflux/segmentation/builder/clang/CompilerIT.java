package io.aegisflux.segmentation.builder.clang;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aegisflux.segmentation.builder.domain.Architecture;
import io.aegisflux.segmentation.builder.domain.BuildFailedException;
import io.aegisflux.segmentation.builder.domain.BuildStage;
import io.aegisflux.segmentation.builder.sandbox.Sandbox;
import io.aegisflux.segmentation.builder.sandbox.Sandboxes;
import io.aegisflux.segmentation.harness.Command;
import io.aegisflux.segmentation.harness.NeedsKernel;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real sources, good and bad, through the real tools. */
@NeedsKernel
class CompilerIT {
    private static final Path SOURCES = Repository.root().resolve("bpf");

    /** An assembler directive that no look at the source finds: its name is written as an escape sequence. */
    private static final String HIDDEN_INCBIN = "asm(\".inc\\x62in \\\"/etc/passwd\\\"\");\n";

    private static final String PASS = "SEC(\"xdp\") int pass(struct xdp_md *ctx) { return XDP_PASS; }\n";

    @TempDir
    Path directory;

    private ToolchainBench bench;

    @BeforeEach
    void open() {
        bench = new ToolchainBench(directory);
    }

    @AfterEach
    void everyBuildHasTidiedUp() throws IOException {
        assertThat(bench.builds()).isEmptyDirectory();
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(directory.toString());
    }

    private BuildFailedException failure(Sandbox sandbox, String programs) {
        return catchThrowableOfType(BuildFailedException.class, () -> bench.compile(sandbox, programs));
    }

    private BuildFailedException failure(String programs) {
        return failure(Sandboxes.withNamespaces(bench.builds()), programs);
    }

    @Test
    void makesTheSameObjectWhereverAndHoweverConfined() throws Exception {
        byte[] first = bench.compileDatapath().object();
        assertThat(bench.compileDatapath().object()).isEqualTo(first);
        Sandbox elsewhere = Sandboxes.withoutNamespaces(directory.resolve("somewhere/else"));
        assertThat(bench.compile(elsewhere, SOURCES, Architecture.X86_64).object())
                .isEqualTo(first);
        assertThat(new String(first, ISO_8859_1)).doesNotContain(directory.toString(), "/build");
    }

    @Test
    void compilesForAnArchitectureThatThisMachineIsNot() throws Exception {
        Compiled compiled = bench.compile(Sandboxes.withNamespaces(bench.builds()), SOURCES, Architecture.AARCH64);
        assertThat(compiled.programs()).hasSameSizeAs(bench.compileDatapath().programs());
    }

    @Test
    void passesOnTheCompilersOwnWords() {
        BuildFailedException failure = failure("int broken(void) { return undeclared; }\n");
        assertThat(failure.stage()).isEqualTo(BuildStage.COMPILE);
        assertThat(failure).hasMessage("clang ended with status 1");
        assertThat(failure.output().orElseThrow())
                .contains("datapath.bpf.c:4:27: error: use of undeclared identifier 'undeclared'")
                .doesNotContain(directory.toString());
    }

    @Test
    void embedsNoFileOfTheHostWhereThereAreNamespaces() {
        BuildFailedException failure = failure(HIDDEN_INCBIN + PASS);
        assertThat(failure.stage()).isEqualTo(BuildStage.COMPILE);
        assertThat(failure.output().orElseThrow())
                .contains("Could not find incbin file '/etc/passwd'")
                .doesNotContain("root:");
    }

    @Test
    void signsNoFileOfTheHostWhereThereAreNone() {
        BuildFailedException failure = failure(Sandboxes.withoutNamespaces(bench.builds()), HIDDEN_INCBIN + PASS);
        assertThat(failure.stage()).isEqualTo(BuildStage.CHECK);
        assertThat(failure.getMessage()).matches("section \\.text has \\d+ bytes, but its functions have 0");
        assertThat(failure.output()).isEmpty();
    }

    @Test
    void refusesAProgramOfATypeThatWasNotAskedFor() {
        BuildFailedException failure =
                failure(PASS + "SEC(\"kprobe/do_unlinkat\") int spy(struct pt_regs *ctx) { return 0; }\n");
        assertThat(failure.stage()).isEqualTo(BuildStage.CHECK);
        assertThat(failure)
                .hasMessage(
                        "the object has a section kprobe/do_unlinkat, which the program set datapath does not allow");
    }

    @Test
    void refusesAnObjectWithCargo() {
        BuildFailedException failure = failure(PASS + "const char cargo[100000] SEC(\".rodata.cargo\") = {1};\n");
        assertThat(failure).hasMessage("the object has 100000 bytes of data, at most 65536");
    }

    @Test
    void passesOnTheVerifiersWordsAndForgetsTheProgram() {
        BuildFailedException failure = failure("""
                SEC("xdp") int unverifiable(struct xdp_md *ctx)
                {
                	return *(char *)(long)ctx->data;
                }
                """);
        assertThat(failure.stage()).isEqualTo(BuildStage.CHECK);
        assertThat(failure.getMessage()).startsWith("the kernel ").endsWith(" does not load the object");
        assertThat(failure.output().orElseThrow()).contains("invalid access to packet");
        assertThat(Command.run("bpftool", "prog", "list")).doesNotContain("unverifiable");
    }

    @Test
    void forgetsTheProgramsThatItTried() throws Exception {
        bench.compile("SEC(\"xdp\") int tried_and_gone(struct xdp_md *ctx) { return XDP_PASS; }\n");
        assertThat(Command.run("bpftool", "prog", "list")).doesNotContain("tried_and_gone");
    }

    @Test
    void minimisesTheBtfOfAKernelThatHasNone() throws Exception {
        byte[] whole = Files.readAllBytes(ToolchainBench.OWN_BTF);
        bench.supply("5.4.0-150-invented", whole);
        byte[] minimised = bench.compileDatapath().hostBtf().get("5.4.0-150-invented");
        assertThat(minimised).hasSizeLessThan(whole.length / 100);
        Path file = Files.write(directory.resolve("minimised.btf"), minimised);
        assertThat(Command.run("bpftool", "btf", "dump", "file", file.toString()))
                .contains("STRUCT '__sk_buff'", "STRUCT 'xdp_md'", "STRUCT 'bpf_sock_addr'");
    }

    @Test
    void saysWhoseBtfIsBroken() {
        byte[] broken = new byte[100];
        Arrays.fill(broken, (byte) 7);
        broken[0] = (byte) 0x9F;
        broken[1] = (byte) 0xEB;
        bench.supply("5.4.0-150-invented", broken);
        BuildFailedException failure = catchThrowableOfType(BuildFailedException.class, bench::compileDatapath);
        assertThat(failure.stage()).isEqualTo(BuildStage.VMLINUX);
        assertThat(failure.getMessage()).startsWith("the BTF of 5.4.0-150-invented: bpftool ended with status");
    }
}
