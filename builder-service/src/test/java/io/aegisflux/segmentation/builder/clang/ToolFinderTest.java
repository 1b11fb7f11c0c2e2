package io.aegisflux.segmentation.builder.clang;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolFinderTest {
    @TempDir
    Path folder;

    private Path program(String name) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void takesTheProgramThatTheVariableNames() throws IOException, ToolMissingException {
        Path clang = program("clang-99");
        assertThat(new ToolFinder(Map.of(ToolName.CLANG, clang), "/usr/bin").find(ToolName.CLANG))
                .isEqualTo(clang);
    }

    @Test
    void takesTheFirstInPathOtherwise() throws IOException, ToolMissingException {
        Path clang = program("clang");
        assertThat(new ToolFinder(Map.of(), "relative:/nowhere:" + folder + ":/usr/bin").find(ToolName.CLANG))
                .isEqualTo(clang);
    }

    @Test
    void namesTheVariableAndTheRemedyWhenWhatItNamesIsNoProgram() throws IOException {
        Path text = Files.writeString(folder.resolve("clang"), "");
        assertThatExceptionOfType(ToolMissingException.class)
                .isThrownBy(() -> new ToolFinder(Map.of(ToolName.CLANG, text), "/usr/bin").find(ToolName.CLANG))
                .withMessage(
                        "CLANG_PATH is %s, which is no program: correct it, or unset it to take clang from PATH", text);
    }

    @Test
    void looksWhereLlvmPackagesPutPlainNamesTheNewestFirst() throws IOException, ToolMissingException {
        for (String version : new String[] {"9", "19", "14"}) {
            Path strip = Files.createDirectories(folder.resolve("llvm-" + version + "/bin"))
                    .resolve("clang");
            Files.writeString(strip, "");
            Files.setPosixFilePermissions(strip, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        assertThat(new ToolFinder(Map.of(), "", folder).find(ToolName.CLANG))
                .isEqualTo(folder.resolve("llvm-19/bin/clang"));
    }

    @Test
    void namesThePackageAndTheVariableWhenThereIsNone() {
        assertThatExceptionOfType(ToolMissingException.class)
                .isThrownBy(() -> new ToolFinder(Map.of(), "", folder).find(ToolName.CLANG))
                .withMessage("clang is not in PATH: install it (Debian's package clang), or name it in CLANG_PATH");
    }
}
