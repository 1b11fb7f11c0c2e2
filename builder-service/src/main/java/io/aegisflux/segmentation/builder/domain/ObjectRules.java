package io.aegisflux.segmentation.builder.domain;

import io.aegisflux.segmentation.builder.domain.BpfObject.DeclaredMap;
import io.aegisflux.segmentation.builder.domain.BpfObject.Section;
import io.aegisflux.segmentation.contracts.ArtifactManifest.MapInfo;
import io.aegisflux.segmentation.contracts.ArtifactManifest.ProgramInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an object must be to be signed. The kernel's verifier proves that programs do no harm to the kernel; these rules
 * say that the object is of the kind that was asked for, and no vehicle for something else.
 */
public final class ObjectRules {
    /** The largest object that an agent fetches. */
    public static final long MAX_OBJECT_BYTES = 16L << 20;

    /** Of {@code .rodata}, {@code .data} and {@code .bss} together: settings, not cargo. */
    static final long MAX_DATA_BYTES = 64L << 10;

    /** Of keys and values of one map. */
    static final long MAX_MAP_BYTES = 512L << 20;

    /** The kernel's own limit for a program that is loaded with CAP_BPF. */
    static final int MAX_INSTRUCTIONS = 1_000_000;

    /** {@code license_is_gpl_compatible()} of the kernel; helpers that programs need are refused to others. */
    private static final Set<String> LICENSES =
            Set.of("GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL");

    private static final Pattern DATA = Pattern.compile("\\.(rodata|data|bss)(\\..*)?");
    private static final Set<String> LOADED = Set.of(".text", ".maps", "license");
    private static final Pattern BOOKKEEPING =
            Pattern.compile("|\\.(strtab|shstrtab|symtab|BTF|BTF\\.ext|llvm_addrsig)|\\.rel.*");

    private ObjectRules() {}

    /**
     * Holds an object against the rules.
     *
     * @throws BuildFailedException at {@link BuildStage#CHECK}, with what is wrong
     */
    public static void require(BpfObject object, ProgramSet programSet) throws BuildFailedException {
        requireThat(
                object.size() <= MAX_OBJECT_BYTES,
                "the object has %d bytes, at most %d are fetched by agents",
                object.size(),
                MAX_OBJECT_BYTES);
        requireThat(
                LICENSES.contains(object.license()),
                "the object's license is \"%s\", which gives it no right to the helpers it needs",
                object.license());
        for (Section section : object.sections()) {
            requireSection(section, programSet);
        }
        requireData(object.sections());
        requireThat(!object.programs().isEmpty(), "the object has no program");
        for (ProgramInfo program : object.programs()) {
            requireThat(
                    program.instructions() >= 1 && program.instructions() <= MAX_INSTRUCTIONS,
                    "program %s has %d instructions, wanted are 1 to %d",
                    program.name(),
                    program.instructions(),
                    MAX_INSTRUCTIONS);
        }
        for (DeclaredMap map : object.maps()) {
            requireMap(map);
        }
    }

    /**
     * The maps as the manifest tells them.
     *
     * @throws BuildFailedException as {@link #require}
     */
    public static List<MapInfo> maps(BpfObject object) throws BuildFailedException {
        List<MapInfo> maps = new ArrayList<>();
        for (DeclaredMap map : object.maps()) {
            maps.add(new MapInfo(
                    map.name(),
                    type(map).word(),
                    Math.toIntExact(map.keySize()),
                    Math.toIntExact(map.valueSize()),
                    Math.toIntExact(map.maxEntries())));
        }
        return maps;
    }

    private static void requireSection(Section section, ProgramSet programSet) throws BuildFailedException {
        if (!section.loaded()) {
            requireThat(BOOKKEEPING.matcher(section.name()).matches(), "the object has a section %s", section.name());
            return;
        }
        boolean known = section.code()
                ? section.name().equals(".text") || programSet.programSections().contains(section.name())
                : LOADED.contains(section.name())
                        || DATA.matcher(section.name()).matches();
        requireThat(
                known,
                "the object has a section %s, which the program set %s does not allow",
                section.name(),
                programSet.word());
        requireThat(
                !section.code() || section.size() == section.inFunctions(),
                "section %s has %d bytes, but its functions have %d",
                section.name(),
                section.size(),
                section.inFunctions());
    }

    private static void requireData(List<Section> sections) throws BuildFailedException {
        long bytes = sections.stream()
                .filter(section -> DATA.matcher(section.name()).matches())
                .mapToLong(Section::size)
                .sum();
        requireThat(bytes <= MAX_DATA_BYTES, "the object has %d bytes of data, at most %d", bytes, MAX_DATA_BYTES);
    }

    private static void requireMap(DeclaredMap map) throws BuildFailedException {
        type(map);
        requireThat(map.pinning() == 0, "map %s pins itself; pins are the agent's", map.name());
        requireThat(map.maxEntries() > 0, "map %s has no entries", map.name());
        boolean fits = map.keySize() <= MAX_MAP_BYTES
                && map.valueSize() <= MAX_MAP_BYTES
                && Math.max(1, map.keySize() + map.valueSize()) <= MAX_MAP_BYTES / map.maxEntries();
        requireThat(
                fits,
                "map %s would hold %d entries of %d + %d bytes, at most %d bytes",
                map.name(),
                map.maxEntries(),
                map.keySize(),
                map.valueSize(),
                MAX_MAP_BYTES);
    }

    private static MapType type(DeclaredMap map) throws BuildFailedException {
        return MapType.of(map.type())
                .orElseThrow(() -> refused("map %s is of type %d, which is not allowed", map.name(), map.type()));
    }

    private static void requireThat(boolean holds, String otherwise, Object... values) throws BuildFailedException {
        if (!holds) {
            throw refused(otherwise, values);
        }
    }

    private static BuildFailedException refused(String why, Object... values) {
        return new BuildFailedException(BuildStage.CHECK, why.formatted(values));
    }
}
