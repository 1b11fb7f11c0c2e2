package io.aegisflux.segmentation.builder.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.builder.clang.Compiled;
import io.aegisflux.segmentation.builder.clang.ToolchainBench;
import io.aegisflux.segmentation.builder.domain.BpfObject;
import io.aegisflux.segmentation.contracts.ArtifactManifest.MapInfo;
import io.aegisflux.segmentation.contracts.ArtifactManifest.ProgramInfo;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.Command;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the parser says of a compiled object, beside what LLVM and the kernel say of it. */
@NeedsKernel
class ObjectReaderIT {
    @TempDir
    static Path directory;

    private static Compiled compiled;

    @BeforeAll
    static void compile() throws Exception {
        compiled = new ToolchainBench(directory).compileDatapath();
    }

    @Test
    void findsTheProgramsThatLlvmFinds() throws Exception {
        Path file = Files.write(directory.resolve("programs.o"), compiled.object());
        Map<String, List<ProgramInfo>> bySection = ObjectReader.read(compiled.object()).programs().stream()
                .collect(Collectors.groupingBy(ProgramInfo::section));
        assertThat(bySection).containsOnlyKeys("tc", "xdp", "cgroup/connect4", "cgroup/connect6");
        bySection.forEach((section, programs) -> {
            String listing = Command.run("llvm-objdump", "-d", "--section=" + section, file.toString());
            assertThat(listing)
                    .contains(programs.stream()
                            .map(each -> "<" + each.name() + ">:")
                            .toList());
            assertThat(programs.stream().mapToInt(ProgramInfo::instructions).sum())
                    .as(section)
                    .isEqualTo(instructions(listing));
        });
    }

    @Test
    void describesTheMapsThatTheKernelMakes() throws IOException {
        Path file = Files.write(directory.resolve("maps.o"), compiled.object());
        String pins = "/sys/fs/bpf/object-reader-it-" + ProcessHandle.current().pid();
        try {
            Command.run("bpftool", "prog", "loadall", file.toString(), pins, "pinmaps", pins + "/maps");
            for (MapInfo map : compiled.maps()) {
                JsonNode made = Wire.mapper()
                        .readTree(Command.run("bpftool", "-j", "map", "show", "pinned", pins + "/maps/" + map.name()));
                assertThat(new MapInfo(
                                map.name(),
                                made.get("type").asText(),
                                made.get("bytes_key").asInt(),
                                made.get("bytes_value").asInt(),
                                made.get("max_entries").asInt()))
                        .isEqualTo(map);
            }
        } finally {
            Command.attempt(List.of("rm", "-rf", pins));
        }
    }

    @Test
    void readsTheLicense() throws MalformedObjectException {
        assertThat(ObjectReader.read(compiled.object()).license()).isEqualTo("Dual BSD/GPL");
    }

    @Test
    void refusesWhatIsNoObjectOfThisMachine() throws IOException {
        assertThatExceptionOfType(MalformedObjectException.class)
                .isThrownBy(() -> ObjectReader.read(new byte[0]))
                .withMessage("it is no ELF file");
        byte[] shell = Files.readAllBytes(Path.of("/bin/sh"));
        assertThatExceptionOfType(MalformedObjectException.class)
                .isThrownBy(() -> ObjectReader.read(shell))
                .withMessageMatching("its (type|machine) is \\d+, wanted \\d+");
    }

    @Test
    void refusesEveryTruncatedObject() {
        for (int length = 0; length < compiled.object().length; length += 997) {
            byte[] part = Arrays.copyOf(compiled.object(), length);
            assertThatExceptionOfType(MalformedObjectException.class).isThrownBy(() -> ObjectReader.read(part));
        }
    }

    @Test
    void readsOrRefusesWhateverBytesCome() {
        Random random = new Random(7);
        int refused = 0;
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = compiled.object().clone();
            for (int flips = 1 + random.nextInt(16); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            damageTheTables(random, damaged);
            try {
                BpfObject object = ObjectReader.read(damaged);
                assertThat(object.size()).isEqualTo(damaged.length);
            } catch (MalformedObjectException e) {
                refused++;
                assertThat(e).hasMessageNotContaining("null");
            }
        }
        assertThat(refused).isPositive();
    }

    /** Where a flipped byte leads astray: the ELF header and the section table at the end. */
    private static void damageTheTables(Random random, byte[] object) {
        if (random.nextBoolean()) {
            object[16 + random.nextInt(48)] = (byte) random.nextInt();
        }
        if (random.nextBoolean()) {
            object[object.length - 1 - random.nextInt(21 * 64)] = (byte) random.nextInt();
        }
    }

    /** Of a section's listing, whose lines have their number first; some instructions take two. */
    private static int instructions(String listing) {
        String last = listing.lines()
                .filter(line -> line.matches("\\s+\\d+:.*"))
                .reduce((before, after) -> after)
                .orElseThrow();
        return Integer.parseInt(last.strip().split(":", 2)[0]) + 1; // all end with exit, which takes one
    }
}
