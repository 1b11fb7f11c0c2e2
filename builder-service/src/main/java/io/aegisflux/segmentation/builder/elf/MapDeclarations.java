package io.aegisflux.segmentation.builder.elf;

import io.aegisflux.segmentation.builder.domain.BpfObject.DeclaredMap;
import io.aegisflux.segmentation.builder.elf.Btf.Member;
import io.aegisflux.segmentation.builder.elf.Btf.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps as libbpf declares them: a variable in {@code .maps} whose type is a structure of pointers. {@code __uint(name,
 * n)} is a pointer to an array of n elements, {@code __type(name, t)} a pointer to t.
 */
final class MapDeclarations {
    private static final String SECTION = ".maps";

    private final Btf btf;

    MapDeclarations(Btf btf) {
        this.btf = btf;
    }

    List<DeclaredMap> read() throws MalformedObjectException {
        List<DeclaredMap> maps = new ArrayList<>();
        for (Member variable : btf.variables(SECTION).orElse(List.of())) {
            maps.add(map(variable));
        }
        return maps;
    }

    private DeclaredMap map(Member variable) throws MalformedObjectException {
        long type = 0;
        long key = 0;
        long value = 0;
        long entries = 0;
        long pinning = 0;
        for (Member member : btf.members(btf.bare(variable.type()))) {
            switch (member.name()) {
                case "type" -> type = number(member);
                case "key" -> key = pointee(member);
                case "key_size" -> key = number(member);
                case "value" -> value = pointee(member);
                case "value_size" -> value = number(member);
                case "max_entries" -> entries = number(member);
                case "pinning" -> pinning = number(member);
                case "map_flags", "map_extra", "numa_node", "values" -> {
                    // they change how a map keeps its entries, not what it is
                }
                default ->
                    throw new MalformedObjectException(
                            "map %s has a member %s".formatted(variable.name(), member.name()));
            }
        }
        return new DeclaredMap(variable.name(), (int) type, key, value, entries, (int) pinning);
    }

    private long number(Member member) throws MalformedObjectException {
        Type array = btf.bare(pointer(member).sizeOrType());
        if (array.kind() != Btf.ARRAY) {
            throw new MalformedObjectException("member %s of a map is no number".formatted(member.name()));
        }
        return Btf.elements(array);
    }

    private long pointee(Member member) throws MalformedObjectException {
        return btf.size(pointer(member).sizeOrType());
    }

    private Type pointer(Member member) throws MalformedObjectException {
        Type pointer = btf.bare(member.type());
        if (pointer.kind() != Btf.PTR) {
            throw new MalformedObjectException("member %s of a map is no pointer".formatted(member.name()));
        }
        return pointer;
    }
}
