package io.aegisflux.segmentation.builder.domain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourcesTest {
    private static Sources reached(Map<String, String> files) throws BuildFailedException {
        return Sources.reachedFrom("main.c", reader(files));
    }

    private static Sources.Reader reader(Map<String, String> files) {
        return name -> Optional.ofNullable(files.get(name)).map(text -> text.getBytes(UTF_8));
    }

    @Test
    void areWhatTheMainFileReachesAndNoMore() throws BuildFailedException {
        Sources sources = reached(Map.of(
                "main.c", "#include \"vmlinux.h\"\n  #  include \"a.h\"\n#include <bpf/bpf_helpers.h> // comment\n",
                "a.h", "#include \"b.h\"\n#include \"a.h\"",
                "b.h", "int b;",
                "unused.h", "#include </etc/passwd>",
                "bpf/bpf_helpers.h", "#include \"bpf_helper_defs.h\"",
                "bpf/bpf_helper_defs.h", "/* #include \"nothing.h\" */"));
        assertThat(sources.own().files()).containsOnlyKeys("main.c", "a.h", "b.h");
        assertThat(sources.headers().files()).containsOnlyKeys("bpf/bpf_helpers.h", "bpf/bpf_helper_defs.h");
    }

    @Test
    void noticeThatAFileHasChanged() throws BuildFailedException {
        Map<String, String> files = new HashMap<>(
                Map.of("main.c", "#include \"a.h\"\n#include <bpf/b.h>", "a.h", "int a;", "bpf/b.h", "int b;"));
        Sources sources = reached(files);
        assertThat(sources.areStillWhat(reader(files))).isTrue();
        assertThat(sources.areStillWhat(reader(Map.of()))).isFalse();
        for (String name : files.keySet()) {
            Map<String, String> changed = new HashMap<>(files);
            changed.put(name, files.get(name) + " ");
            assertThat(sources.areStillWhat(reader(changed))).as(name).isFalse();
        }
    }

    @Test
    void includeWhatAConditionHides() throws BuildFailedException {
        assertThat(reached(Map.of("main.c", "#if 0\n#include \"a.h\"\n#endif", "a.h", ""))
                        .own()
                        .files())
                .containsKey("a.h");
    }

    @Test
    void sayWhatIsMissing() {
        assertThatExceptionOfType(BuildFailedException.class)
                .isThrownBy(() -> reached(Map.of("main.c", "#include \"a.h\"")))
                .withMessage("a.h is not among the sources")
                .matches(e -> e.stage() == BuildStage.COMPILE);
        assertThatExceptionOfType(BuildFailedException.class)
                .isThrownBy(() -> reached(Map.of("main.c", "#include <bpf/bpf_helpers.h>")))
                .withMessageContaining("install libbpf-dev");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#include \"/etc/passwd\"",
                "#include </etc/passwd>",
                "#include \"../../etc/passwd\"",
                "#include <bpf/../../../etc/passwd>",
                "#include <stdio.h>",
                "#include \"a.c\"",
                "#inc\\\nlude \"/etc/passwd\"",
                "#/* */include \"/etc/passwd\"",
                "%:include \"/etc/passwd\"",
                "#define X \"/etc/passwd\"\n#include X",
                "#include_next <a.h>",
                "#import \"a.h\"",
                "const char x[] = {\n#embed \"/etc/passwd\"\n};",
                "asm(\".incbin \\\"/etc/passwd\\\"\");",
                "asm(\".inc\" \"bin \\\"/etc/passwd\\\"\");",
                "asm(\".inc\"\n\t\"lude \\\"/etc/passwd\\\"\");",
                "#warning /*\n#include \"/etc/passwd\"\n/* */",
                "#warning /*\n/**/#/*\n*/include \"/etc/passwd\"\n/* */",
                "#if 0\n\" /*\n#endif\n#include \"/etc/passwd\"\n/* */",
                "#if 0\n' /*\n#endif\n#include \"/etc/passwd\"\n/* */",
                "char a[] = R\"(\" /*)\";\n#include \"/etc/passwd\"\n/* */",
                "\u00A0#include \"/etc/passwd\"",
                "\0#include \"/etc/passwd\"",
                "\uFEFF#include \"/etc/passwd\"",
                "\f#include \"/etc/passwd\"",
                "// \\ \n\n#include \"/etc/passwd\"",
                "#inc\\ \t\nlude \"/etc/passwd\"",
                "int c;\r#include \"/etc/passwd\"",
                "#include <bpf/a.h/*>\n#include \"/etc/passwd\"\n/* */",
                "/* no end\n#include \"a.h\"",
                "#define X(a, b) a##b\nX(inc,bin)\n#define Y inc##bin",
            })
    void mayPullInNothingElse(String line) {
        assertThatExceptionOfType(BuildFailedException.class)
                .isThrownBy(() -> reached(Map.of("main.c", "int a;\n" + line + "\nint b;\n", "a.h", "", "a.c", "")))
                .withMessageStartingWith("main.c is not compiled: it has")
                .matches(e -> e.stage() == BuildStage.COMPILE);
    }

    @Test
    void mayTalkAboutAnythingInCommentsAndStrings() throws BuildFailedException {
        reached(Map.of("main.c", """
                // #include "/etc/passwd"
                /*
                #include "/etc/passwd"
                .incbin */
                const char *a = "/*", *b = "*/ // \\" ", c = '"', *d = "#include <x>";
                #include "a.h"
                """, "a.h", ""));
    }

    @Test
    void areReadInLinearTime() throws BuildFailedException {
        String large = "/* " + "*".repeat(1_000_000) + " */\n\"" + "a".repeat(1_000_000) + "\";\n#include \"a.h\"\n";
        assertThat(reached(Map.of("main.c", large, "a.h", "")).own().files()).containsKey("a.h");
    }
}
