package io.aegisflux.segmentation.builder.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkDirectoryTest {
    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void open() {
        workspace = new Workspace(folder.resolve("builds"));
    }

    private WorkDirectory directory() throws IOException {
        return workspace.open(OptionalInt.empty());
    }

    @Test
    void isPrivateAndGoneAfterwards() throws IOException {
        try (WorkDirectory directory = directory()) {
            directory.write("include/bpf/a.h", "a".getBytes(UTF_8));
            Files.createSymbolicLink(directory.work().resolve("link"), folder);
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(directory.work().getParent())))
                    .isEqualTo("rwx------");
        }
        assertThat(folder.resolve("builds")).isEmptyDirectory();
        assertThat(folder).as("the target of a link stays").exists();
    }

    @Test
    void readsNoLinkThatAToolHasMade() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        try (WorkDirectory directory = directory()) {
            Files.createSymbolicLink(directory.work().resolve("object.o"), secret);
            Files.createDirectory(directory.work().resolve("folder"));
            assertThatIOException().isThrownBy(() -> directory.read("object.o", 100));
            assertThatIOException().isThrownBy(() -> directory.read("folder", 100));
            assertThatIOException().isThrownBy(() -> directory.read("nothing", 100));
        }
    }

    @Test
    void readsNoMoreThanIsWanted() throws IOException {
        try (WorkDirectory directory = directory()) {
            directory.write("object.o", new byte[101]);
            assertThat(directory.read("object.o", 101)).hasSize(101);
            assertThatIOException()
                    .isThrownBy(() -> directory.read("object.o", 100))
                    .withMessage("object.o has more than 100 bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../x", "a/../../x", "/etc/passwd"})
    void holdsNoFileOutsideOfItself(String name) throws IOException {
        try (WorkDirectory directory = directory()) {
            assertThatIllegalArgumentException().isThrownBy(() -> directory.write(name, new byte[0]));
            assertThatIllegalArgumentException().isThrownBy(() -> directory.read(name, 1));
        }
    }

    @Test
    void isSweptWhenAKilledProcessHasLeftIt() throws IOException {
        WorkDirectory left = directory();
        left.write("a.h", new byte[0]);
        WorkDirectory young = directory();
        Path own = left.work().getParent();
        Files.setLastModifiedTime(own, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        Path foreign = Files.createDirectory(folder.resolve("builds/other"));
        Files.setLastModifiedTime(foreign, FileTime.from(Instant.EPOCH));
        directory().close();
        assertThat(own).doesNotExist();
        assertThat(young.work()).exists();
        assertThat(foreign).exists();
        young.close();
    }
}
