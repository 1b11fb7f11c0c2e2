package io.aegisflux.segmentation.builder.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelReleaseTest {
    @ParameterizedTest
    @CsvSource({
        "5.4.0-150-generic.btf,5.4.0-150-generic",
        "4.18.0-553.el8_10.x86_64.btf,4.18.0-553.el8_10.x86_64",
        "5.10.0+.btf,5.10.0+"
    })
    void isTheNameOfItsFile(String file, String release) {
        assertThat(KernelRelease.ofFile(file)).contains(new KernelRelease(release));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {".btf", "vmlinux.btf", "5.4.0", "5.4.0.btf.xz", "5.4 0.btf", "..btf", "5.4\n.btf", "5/4.btf"})
    void isNoOtherName(String file) {
        assertThat(KernelRelease.ofFile(file)).isEmpty();
    }
}
