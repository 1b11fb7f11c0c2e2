package io.aegisflux.segmentation.builder.elf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A relocatable ELF64 file of the BPF machine, little-endian: sections and symbols. Numbers are those of elf.h. */
final class ElfFile {
    static final int SHF_ALLOC = 2;
    static final int SHF_EXECINSTR = 4;
    static final int STT_FUNC = 2;
    static final int STB_LOCAL = 0;

    private static final long MAGIC = 0x464C457F;
    private static final int ELFCLASS64 = 2;
    private static final int ELFDATA2LSB = 1;
    private static final int ET_REL = 1;
    private static final int EM_BPF = 247;
    private static final int HEADER_BYTES = 64;
    private static final int SECTION_HEADER_BYTES = 64;
    private static final int SYMBOL_BYTES = 24;
    private static final int SHT_SYMTAB = 2;
    private static final int SHT_NOBITS = 8;

    private final List<Section> sections;
    private final List<Symbol> symbols;

    /**
     * A section.
     *
     * @param size in memory, which for {@code .bss} is not in the file
     * @param content empty for {@code .bss}
     */
    record Section(int index, String name, int type, long flags, long size, int link, Slice content) {
        boolean is(int flag) {
            return (flags & flag) != 0;
        }
    }

    /** A symbol: its kind and binding, the section it lies in, offset and size there in bytes. */
    record Symbol(String name, int kind, int binding, int section, long offset, long size) {}

    private ElfFile(List<Section> sections, List<Symbol> symbols) {
        this.sections = List.copyOf(sections);
        this.symbols = List.copyOf(symbols);
    }

    static ElfFile of(byte[] bytes) throws MalformedObjectException {
        Slice file = Slice.of("the file", bytes);
        requireHeader(file);
        List<Section> sections = sections(file);
        List<Symbol> symbols = new ArrayList<>();
        for (Section section : sections) {
            if (section.type() == SHT_SYMTAB) {
                symbols.addAll(symbols(section, sections));
            }
        }
        return new ElfFile(sections, symbols);
    }

    List<Section> sections() {
        return sections;
    }

    List<Symbol> symbols() {
        return symbols;
    }

    Optional<Section> section(String name) {
        return sections.stream().filter(section -> section.name().equals(name)).findFirst();
    }

    private static void requireHeader(Slice file) throws MalformedObjectException {
        if (file.size() < HEADER_BYTES || file.u32(0) != MAGIC) {
            throw new MalformedObjectException("it is no ELF file");
        }
        require("class", file.u8(4), ELFCLASS64);
        require("byte order", file.u8(5), ELFDATA2LSB);
        require("type", file.u16(16), ET_REL);
        require("machine", file.u16(18), EM_BPF);
        require("size of a section header", file.u16(58), SECTION_HEADER_BYTES);
    }

    private static List<Section> sections(Slice file) throws MalformedObjectException {
        int count = file.u16(60);
        Slice headers = file.part("the section table", file.u64(40), (long) count * SECTION_HEADER_BYTES);
        int namesIndex = file.u16(62);
        if (namesIndex >= count) {
            throw new MalformedObjectException("section names are in section %d of %d".formatted(namesIndex, count));
        }
        Slice names = content(file, headers, namesIndex);
        List<Section> sections = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            long at = (long) index * SECTION_HEADER_BYTES;
            sections.add(new Section(
                    index,
                    names.text(headers.u32(at)),
                    (int) headers.u32(at + 4),
                    headers.u64(at + 8),
                    headers.u64(at + 32),
                    (int) headers.u32(at + 40),
                    content(file, headers, index)));
        }
        return sections;
    }

    private static Slice content(Slice file, Slice headers, int index) throws MalformedObjectException {
        long at = (long) index * SECTION_HEADER_BYTES;
        boolean inFile = headers.u32(at + 4) != SHT_NOBITS;
        return file.part("section " + index, inFile ? headers.u64(at + 24) : 0, inFile ? headers.u64(at + 32) : 0);
    }

    private static List<Symbol> symbols(Section table, List<Section> sections) throws MalformedObjectException {
        if (table.link() < 0 || table.link() >= sections.size()) {
            throw new MalformedObjectException("symbols have their names in section " + table.link());
        }
        Slice names = sections.get(table.link()).content();
        Slice content = table.content();
        List<Symbol> symbols = new ArrayList<>();
        for (long at = 0; at + SYMBOL_BYTES <= content.size(); at += SYMBOL_BYTES) {
            int info = content.u8(at + 4);
            symbols.add(new Symbol(
                    names.text(content.u32(at)),
                    info & 0xF,
                    info >> 4,
                    content.u16(at + 6),
                    content.u64(at + 8),
                    content.u64(at + 16)));
        }
        return symbols;
    }

    private static void require(String what, int is, int wanted) throws MalformedObjectException {
        if (is != wanted) {
            throw new MalformedObjectException("its %s is %d, wanted %d".formatted(what, is, wanted));
        }
    }
}
