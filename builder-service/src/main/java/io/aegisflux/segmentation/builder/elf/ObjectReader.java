package io.aegisflux.segmentation.builder.elf;

import io.aegisflux.segmentation.builder.domain.BpfObject;
import io.aegisflux.segmentation.builder.domain.BpfObject.DeclaredMap;
import io.aegisflux.segmentation.contracts.ArtifactManifest.ProgramInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what an object file holds. */
public final class ObjectReader {
    private static final int INSTRUCTION_BYTES = 8;
    private static final String SUBPROGRAMS = ".text";

    private ObjectReader() {}

    /**
     * The object that the bytes are.
     *
     * @throws MalformedObjectException when they are not a relocatable ELF64 file of the BPF machine with BTF
     */
    public static BpfObject read(byte[] bytes) throws MalformedObjectException {
        try {
            ElfFile elf = ElfFile.of(bytes);
            Optional<ElfFile.Section> btf = elf.section(".BTF");
            if (btf.isEmpty()) {
                throw new MalformedObjectException("it has no BTF");
            }
            List<DeclaredMap> maps = new MapDeclarations(Btf.of(btf.get().content())).read();
            return new BpfObject(bytes.length, license(elf), sections(elf), programs(elf), maps);
        } catch (ArithmeticException e) {
            throw new MalformedObjectException("it has sizes that no object has", e);
        }
    }

    private static String license(ElfFile elf) throws MalformedObjectException {
        Optional<ElfFile.Section> license = elf.section("license");
        return license.isPresent() && license.get().content().size() > 0
                ? license.get().content().text(0)
                : "";
    }

    private static List<BpfObject.Section> sections(ElfFile elf) {
        return elf.sections().stream()
                .filter(section -> section.size() > 0)
                .map(section -> new BpfObject.Section(
                        section.name(),
                        section.is(ElfFile.SHF_ALLOC),
                        section.is(ElfFile.SHF_EXECINSTR),
                        section.size(),
                        functions(elf, section).stream()
                                .mapToLong(ElfFile.Symbol::size)
                                .sum()))
                .toList();
    }

    /** As libbpf has it: the global functions of a code section other than {@code .text}, whose are called by others. */
    private static List<ProgramInfo> programs(ElfFile elf) throws MalformedObjectException {
        List<ProgramInfo> programs = new ArrayList<>();
        for (ElfFile.Section section : elf.sections()) {
            if (!section.is(ElfFile.SHF_EXECINSTR) || section.name().equals(SUBPROGRAMS)) {
                continue;
            }
            for (ElfFile.Symbol function : functions(elf, section)) {
                if (function.binding() == ElfFile.STB_LOCAL) {
                    throw new MalformedObjectException(
                            "the program %s is static, so nothing can load it".formatted(function.name()));
                }
                programs.add(new ProgramInfo(
                        function.name(), section.name(), Math.toIntExact(function.size() / INSTRUCTION_BYTES)));
            }
        }
        return programs;
    }

    private static List<ElfFile.Symbol> functions(ElfFile elf, ElfFile.Section section) {
        return elf.symbols().stream()
                .filter(symbol -> symbol.kind() == ElfFile.STT_FUNC && symbol.section() == section.index())
                .toList();
    }
}
