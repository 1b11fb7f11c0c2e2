package io.aegisflux.segmentation.builder.elf;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The types of an object file: raw BTF, little-endian (linux/btf.h; Documentation/bpf/btf.rst). */
final class Btf {
    static final int INT = 1;
    static final int PTR = 2;
    static final int ARRAY = 3;
    static final int STRUCT = 4;
    static final int UNION = 5;
    static final int ENUM = 6;
    static final int FWD = 7;
    static final int TYPEDEF = 8;
    static final int VOLATILE = 9;
    static final int CONST = 10;
    static final int RESTRICT = 11;
    static final int FUNC = 12;
    static final int FUNC_PROTO = 13;
    static final int VAR = 14;
    static final int DATASEC = 15;
    static final int FLOAT = 16;
    static final int DECL_TAG = 17;
    static final int TYPE_TAG = 18;
    static final int ENUM64 = 19;

    private static final int MAGIC = 0xEB9F;
    private static final int HEADER_BYTES = 24;
    private static final int TYPE_BYTES = 12;
    private static final int POINTER_BYTES = 8;

    private final List<Type> types;
    private final Slice strings;

    /**
     * A type; what its numbers mean depends on its kind.
     *
     * @param count of members, parameters or variables
     * @param sizeOrType bytes of it, or the type that it refers to
     * @param more what follows the three words that all types have
     */
    record Type(String name, int kind, int count, long sizeOrType, Slice more) {}

    /** A member of a structure, or a variable of a section: its name and type. */
    record Member(String name, long type) {}

    private Btf(List<Type> types, Slice strings) {
        this.types = types;
        this.strings = strings;
    }

    static Btf of(Slice bytes) throws MalformedObjectException {
        if (bytes.size() < HEADER_BYTES || bytes.u16(0) != MAGIC) {
            throw new MalformedObjectException("its BTF is none");
        }
        long header = bytes.u32(4);
        Slice types = bytes.part("BTF's types", header + bytes.u32(8), bytes.u32(12));
        Slice strings = bytes.part("BTF's strings", header + bytes.u32(16), bytes.u32(20));
        List<Type> all = new ArrayList<>();
        long at = 0;
        while (at < types.size()) {
            long info = types.u32(at + 4);
            int kind = (int) (info >> 24 & 0x1F);
            int count = (int) (info & 0xFFFF);
            long more = moreBytes(kind, count);
            all.add(new Type(
                    strings.text(types.u32(at)),
                    kind,
                    count,
                    types.u32(at + 8),
                    types.part("a BTF type", at + TYPE_BYTES, more)));
            at += TYPE_BYTES + more;
        }
        return new Btf(List.copyOf(all), strings);
    }

    /** The type of this number; 0 is void, which has none. */
    Type type(long id) throws MalformedObjectException {
        if (id < 1 || id > types.size()) {
            throw new MalformedObjectException("BTF has %d types, but %d is wanted".formatted(types.size(), id));
        }
        return types.get((int) id - 1);
    }

    /** The variables of an ELF section, empty when BTF knows none. */
    Optional<List<Member>> variables(String section) throws MalformedObjectException {
        for (Type type : types) {
            if (type.kind() == DATASEC && type.name().equals(section)) {
                List<Member> variables = new ArrayList<>();
                for (int i = 0; i < type.count(); i++) {
                    Type variable = type(type.more().u32((long) i * 12));
                    if (variable.kind() != VAR) {
                        throw new MalformedObjectException(
                                "section %s holds something else than variables".formatted(section));
                    }
                    variables.add(new Member(variable.name(), variable.sizeOrType()));
                }
                return Optional.of(variables);
            }
        }
        return Optional.empty();
    }

    /** Members of a structure. */
    List<Member> members(Type structure) throws MalformedObjectException {
        if (structure.kind() != STRUCT) {
            throw new MalformedObjectException(
                    "a structure is wanted, %s is of kind %d".formatted(structure.name(), structure.kind()));
        }
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < structure.count(); i++) {
            long at = (long) i * 12;
            members.add(new Member(
                    strings.text(structure.more().u32(at)), structure.more().u32(at + 4)));
        }
        return members;
    }

    /** Without the names and qualifiers around it. */
    Type bare(long id) throws MalformedObjectException {
        Set<Long> seen = new HashSet<>();
        Type type = type(id);
        while (isWrapper(type.kind())) {
            if (!seen.add(type.sizeOrType())) {
                throw new MalformedObjectException("BTF type %d refers to itself".formatted(id));
            }
            type = type(type.sizeOrType());
        }
        return type;
    }

    /** Bytes of a value of a type. */
    long size(long id) throws MalformedObjectException {
        return size(id, 0);
    }

    private long size(long id, int depth) throws MalformedObjectException {
        if (depth > 32) {
            throw new MalformedObjectException("BTF type %d is nested too deeply".formatted(id));
        }
        Type type = bare(id);
        return switch (type.kind()) {
            case INT, STRUCT, UNION, ENUM, FLOAT, ENUM64 -> type.sizeOrType();
            case PTR -> POINTER_BYTES;
            case ARRAY -> Math.multiplyExact(elements(type), size(type.more().u32(0), depth + 1));
            default -> throw new MalformedObjectException("a BTF type of kind %d has no size".formatted(type.kind()));
        };
    }

    /** How many elements an array has. */
    static long elements(Type array) throws MalformedObjectException {
        return array.more().u32(8);
    }

    private static boolean isWrapper(int kind) {
        return kind == TYPEDEF || kind == VOLATILE || kind == CONST || kind == RESTRICT || kind == TYPE_TAG;
    }

    private static long moreBytes(int kind, int count) throws MalformedObjectException {
        return switch (kind) {
            case INT, VAR, DECL_TAG -> 4;
            case ARRAY -> 12;
            case STRUCT, UNION, DATASEC, ENUM64 -> 12L * count;
            case ENUM, FUNC_PROTO -> 8L * count;
            case PTR, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, FLOAT, TYPE_TAG -> 0;
            default -> throw new MalformedObjectException("BTF has a type of kind " + kind);
        };
    }
}
