package io.aegisflux.segmentation.builder.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.BuildSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuildRequestTest {
    @ParameterizedTest
    @CsvSource({"x86_64,X86_64", "aarch64,AARCH64"})
    void grantsWhatItKnows(String word, Architecture architecture) {
        BuildSpec spec = new BuildSpec("datapath", "default", word, "host-a");
        assertThat(BuildRequest.of(spec))
                .isEqualTo(new BuildRequest.Granted(
                        new Selection(ProgramSet.DATAPATH, Variant.DEFAULT, architecture), spec));
    }

    @Test
    void grantsARequestThatSaysNotWhoAsks() {
        assertThat(BuildRequest.of(new BuildSpec("datapath", "default", "x86_64", null)))
                .isInstanceOf(BuildRequest.Granted.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " datapath",
                "datapath ",
                "DATAPATH",
                "../datapath",
                "datapath/../../etc/passwd",
                "datapath;id",
                "$(id)",
                "`id`",
                "@file",
                "@/etc/passwd",
                "-fplugin=/tmp/x.so",
                "datapath\n",
                "datapath\u0000",
                "\u202Edatapath",
                "data path",
                "dаtapath"
            })
    void refusesEveryOtherWordInEveryMember(String word) {
        assertThat(BuildRequest.of(new BuildSpec(word, "default", "x86_64", null)))
                .isInstanceOf(BuildRequest.Refused.class);
        assertThat(BuildRequest.of(new BuildSpec("datapath", word, "x86_64", null)))
                .isInstanceOf(BuildRequest.Refused.class);
        assertThat(BuildRequest.of(new BuildSpec("datapath", "default", word, null)))
                .isInstanceOf(BuildRequest.Refused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../host", "host;id", "host\n", "@file", "host a", "Host"})
    void refusesAnAskersNameThatIsNotOneToken(String name) {
        assertThat(BuildRequest.of(new BuildSpec("datapath", "default", "x86_64", name)))
                .isInstanceOfSatisfying(
                        BuildRequest.Refused.class,
                        refused -> assertThat(refused.reason()).startsWith("requested_by is \""));
    }

    @Test
    void saysWhichMemberIsWrongAndWhatItCanBe() {
        assertThat(BuildRequest.of(new BuildSpec("datapath", "default", "riscv64", "host-a")))
                .isEqualTo(new BuildRequest.Refused(
                        new BuildSpec("datapath", "default", "riscv64", "host-a"),
                        "architecture is \"riscv64\": it can be x86_64 or aarch64"));
    }

    @Test
    void doesNotRepeatTextThatIsNoWord() {
        String hostile = "x\n../" + "y".repeat(100_000);
        assertThat(BuildRequest.of(new BuildSpec(hostile, "default", "x86_64", null)))
                .isInstanceOfSatisfying(BuildRequest.Refused.class, refused -> {
                    assertThat(refused.spec()).isNull();
                    assertThat(refused.reason()).hasSizeLessThan(200).doesNotContain("\n");
                });
    }
}
