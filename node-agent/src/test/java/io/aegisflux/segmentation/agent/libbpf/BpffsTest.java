package io.aegisflux.segmentation.agent.libbpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BpffsTest {
    private static final Path PINS = Path.of("/sys/fs/bpf/aegisflux");

    @Test
    void theDeepestMountAboveADirectoryDecides() {
        assertThat(Bpffs.isOnBpffs(PINS, List.of("sysfs /sys sysfs rw 0 0"))).isFalse();
        assertThat(Bpffs.isOnBpffs(PINS, List.of("sysfs /sys sysfs rw 0 0", "bpf /sys/fs/bpf bpf rw 0 0")))
                .isTrue();
        assertThat(Bpffs.isOnBpffs(
                        PINS, List.of("bpf /sys/fs/bpf bpf rw 0 0", "tmpfs /sys/fs/bpf/aegisflux tmpfs rw 0 0")))
                .isFalse();
    }

    @Test
    void aLaterMountHidesAnEarlierOneOnTheSamePoint() {
        assertThat(Bpffs.isOnBpffs(PINS, List.of("bpf /sys/fs/bpf bpf rw 0 0", "tmpfs /sys/fs/bpf tmpfs rw 0 0")))
                .isFalse();
    }

    @Test
    void mountPointsMayHaveBlanks() {
        assertThat(Bpffs.isOnBpffs(Path.of("/mnt/my pins/host"), List.of("bpf /mnt/my\\040pins bpf rw 0 0")))
                .isTrue();
    }
}
