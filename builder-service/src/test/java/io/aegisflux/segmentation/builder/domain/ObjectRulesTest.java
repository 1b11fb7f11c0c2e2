package io.aegisflux.segmentation.builder.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.aegisflux.segmentation.builder.domain.BpfObject.DeclaredMap;
import io.aegisflux.segmentation.builder.domain.BpfObject.Section;
import io.aegisflux.segmentation.contracts.ArtifactManifest.MapInfo;
import io.aegisflux.segmentation.contracts.ArtifactManifest.ProgramInfo;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectRulesTest {
    private static final DeclaredMap MAP = new DeclaredMap("m", 1, 4, 8, 16, 0);
    private static final ProgramInfo PROGRAM = new ProgramInfo("p", "tc", 2);
    private static final Section CODE = new Section("tc", true, true, 16, 16);

    private static void require(BpfObject object) throws BuildFailedException {
        ObjectRules.require(object, ProgramSet.DATAPATH);
    }

    private static BpfObject with(Section... more) {
        List<Section> sections = new ArrayList<>(List.of(CODE));
        sections.addAll(List.of(more));
        return new BpfObject(1000, "GPL", sections, List.of(PROGRAM), List.of(MAP));
    }

    private static BpfObject with(DeclaredMap map) {
        return new BpfObject(1000, "GPL", List.of(CODE), List.of(PROGRAM), List.of(map));
    }

    private static void assertRefused(BpfObject object, String... words) {
        assertThatExceptionOfType(BuildFailedException.class)
                .isThrownBy(() -> require(object))
                .matches(e -> e.stage() == BuildStage.CHECK)
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }

    @ParameterizedTest
    @CsvSource({
        ".text,true,true",
        "cgroup/connect4,true,true",
        ".maps,true,false",
        ".rodata,true,false",
        ".rodata.settings,true,false",
        ".bss,true,false",
        "license,true,false",
        ".BTF,false,false",
        ".BTF.ext,false,false",
        ".rel.BTF,false,false",
        ".reltc,false,false",
        ".symtab,false,false"
    })
    void takeWhatTheDatapathIsMadeOf(String name, boolean loaded, boolean code) {
        assertThatNoException().isThrownBy(() -> require(with(new Section(name, loaded, code, 8, code ? 8 : 0))));
    }

    @ParameterizedTest
    @CsvSource({
        "kprobe/sys_open,true,true",
        "lsm/file_open,true,true",
        "raw_tp/sys_enter,true,true",
        "syscall,true,true",
        "socket,true,true",
        "tc/other,true,true",
        ".init,true,true",
        "cargo,true,false",
        ".ksyms,true,false",
        ".kconfig,true,false",
        ".struct_ops,true,false",
        ".debug_info,false,false",
        "notes,false,false"
    })
    void refuseEveryOtherSection(String name, boolean loaded, boolean code) {
        assertRefused(with(new Section(name, loaded, code, 8, code ? 8 : 0)), "section " + name);
    }

    @Test
    void refuseCodeThatBelongsToNoFunction() {
        assertRefused(with(new Section(".text", true, true, 4096, 16)), ".text", "4096", "16");
    }

    @Test
    void refuseDataThatIsCargo() {
        assertRefused(
                with(new Section(".rodata", true, false, 40_000, 0), new Section(".data.x", true, false, 40_000, 0)),
                "80000 bytes of data");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MIT", "Proprietary", "gpl"})
    void refuseALicenseThatTheKernelDoesNotTake(String license) {
        assertRefused(new BpfObject(1000, license, List.of(CODE), List.of(PROGRAM), List.of()), "license");
    }

    @Test
    void refuseWhatAgentsWouldNotFetch() {
        assertRefused(
                new BpfObject((16 << 20) + 1, "GPL", List.of(CODE), List.of(PROGRAM), List.of()), "16777217 bytes");
    }

    @Test
    void refuseAnObjectWithoutPrograms() {
        assertRefused(new BpfObject(1000, "GPL", List.of(), List.of(), List.of()), "no program");
        assertRefused(
                new BpfObject(1000, "GPL", List.of(CODE), List.of(new ProgramInfo("p", "tc", 0)), List.of()),
                "0 instructions");
    }

    @Test
    void refuseMapsThatAreNoData() {
        assertRefused(with(new DeclaredMap("m", 15, 4, 8, 16, 0)), "map m", "type 15");
        assertRefused(with(new DeclaredMap("m", 1, 4, 8, 16, 1)), "map m", "pins itself");
        assertRefused(with(new DeclaredMap("m", 1, 4, 8, 0, 0)), "map m", "no entries");
    }

    @ParameterizedTest
    @CsvSource({
        "4,1024,1048576",
        "4,4294967295,1",
        "0,0,4294967295",
        "9223372036854775807,9223372036854775807,4294967295"
    })
    void refuseMapsThatFillTheMemory(long key, long value, long entries) {
        assertRefused(with(new DeclaredMap("m", 27, key, value, entries, 0)), "map m would hold");
    }

    @Test
    void tellMapsAsBpftoolDoes() throws BuildFailedException {
        BpfObject object = new BpfObject(
                1000,
                "GPL",
                List.of(CODE),
                List.of(PROGRAM),
                List.of(new DeclaredMap("flows", 9, 40, 48, 131072, 0), new DeclaredMap("events", 27, 0, 0, 4096, 0)));
        assertThat(ObjectRules.maps(object))
                .containsExactly(
                        new MapInfo("flows", "lru_hash", 40, 48, 131072), new MapInfo("events", "ringbuf", 0, 0, 4096));
    }
}
