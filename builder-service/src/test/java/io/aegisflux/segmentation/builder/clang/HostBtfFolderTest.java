package io.aegisflux.segmentation.builder.clang;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostBtfFolderTest {
    private static final byte[] BTF = {(byte) 0x9F, (byte) 0xEB, 1, 0};

    @TempDir
    Path folder;

    @Test
    void takesFilesNamedAfterKernelsAndSaysWhatItLeavesOut() throws IOException {
        Files.write(folder.resolve("5.4.0-150-generic.btf"), BTF);
        Files.write(folder.resolve("5.4.0-151-generic.btf"), new byte[] {1, 2, 3});
        Files.write(folder.resolve("notes.txt"), BTF);
        Files.createDirectory(folder.resolve("5.4.0.btf"));
        HostBtfFolder.Found found = new HostBtfFolder(Optional.of(folder)).look();
        assertThat(found.byRelease()).containsOnlyKeys("5.4.0-150-generic");
        assertThat(found.leftOut())
                .hasSize(3)
                .anySatisfy(why -> assertThat(why).contains("5.4.0-151-generic.btf", "no raw BTF"))
                .anySatisfy(why -> assertThat(why).contains("notes.txt", "<kernel release>.btf"))
                .anySatisfy(why -> assertThat(why).startsWith("5.4.0.btf"));
    }

    @Test
    void saysThatTheFolderIsMissing() {
        HostBtfFolder missing = new HostBtfFolder(Optional.of(folder.resolve("nothing")));
        assertThat(missing.look().byRelease()).isEmpty();
        assertThat(missing.problems()).singleElement().asString().startsWith("BTF_HOSTS_DIR is " + folder);
    }

    @Test
    void isEmptyWhereNoBtfIsSupplied() {
        assertThat(new HostBtfFolder(Optional.empty()).look().leftOut()).isEmpty();
    }

    @Test
    void noticesThatAFileHasChanged() throws IOException {
        Path file = folder.resolve("5.4.0.btf");
        Files.write(file, BTF);
        HostBtfFolder hosts = new HostBtfFolder(Optional.of(folder));
        String before = hosts.look().byRelease().get("5.4.0").digest();
        assertThat(hosts.look().byRelease().get("5.4.0").digest()).isEqualTo(before);
        Files.write(file, new byte[] {(byte) 0x9F, (byte) 0xEB, 1, 0, 0});
        assertThat(hosts.look().byRelease().get("5.4.0").digest()).isNotEqualTo(before);
    }
}
