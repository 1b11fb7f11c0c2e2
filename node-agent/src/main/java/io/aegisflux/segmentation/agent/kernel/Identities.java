package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.TableIdentity;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/** Which desired state stands in each bank, and which artifact the programs are of. */
final class Identities {
    private static final int ARTIFACT = Structs.BANKS; // the entry after those of the banks
    private static final int DIGEST_BYTES = 32;
    private static final long EPOCH = Structs.offset(Structs.IDENTITY, "epoch");
    private static final long REVISION = Structs.offset(Structs.IDENTITY, "revision");
    private static final long GENERATION = Structs.offset(Structs.IDENTITY, "generation");
    private static final long TABLE_BYTES = Structs.offset(Structs.IDENTITY, "table_bytes");
    private static final long BOOK_BYTES = Structs.offset(Structs.IDENTITY, "book_bytes");
    private static final long TABLE = Structs.offset(Structs.IDENTITY, "table_digest");
    private static final long ARTIFACT_DIGEST = Structs.offset(Structs.IDENTITY, "artifact_digest");

    private final BpfMap map;

    /**
     * @param map {@code identities} of bpf/maps.h; stays the caller's
     */
    Identities(BpfMap map) {
        this.map = requireNonNull(map, "map is null");
    }

    /** What stands in a bank. */
    record Entry(TableIdentity identity, long generation, long tableBytes, int bookBytes) {}

    Entry read(int bank) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = read(arena, bank);
            return new Entry(
                    new TableIdentity(value.get(JAVA_LONG, EPOCH), value.get(JAVA_LONG, REVISION), hex(value, TABLE)),
                    Integer.toUnsignedLong(value.get(JAVA_INT, GENERATION)),
                    value.get(JAVA_LONG, TABLE_BYTES),
                    value.get(JAVA_INT, BOOK_BYTES));
        }
    }

    void write(int bank, Entry entry) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(Structs.IDENTITY);
            value.set(JAVA_LONG, EPOCH, entry.identity().epoch());
            value.set(JAVA_LONG, REVISION, entry.identity().revision());
            value.set(JAVA_INT, GENERATION, (int) entry.generation());
            value.set(JAVA_LONG, TABLE_BYTES, entry.tableBytes());
            value.set(JAVA_INT, BOOK_BYTES, entry.bookBytes());
            digest(value, TABLE, entry.identity().tableDigest());
            map.update(DatapathMaps.key(arena, bank), value);
        }
    }

    /** The digest of the object, lower-case hex; zeros before it was written. */
    String artifact() throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            return hex(read(arena, ARTIFACT), ARTIFACT_DIGEST);
        }
    }

    void artifact(String hexDigest) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(Structs.IDENTITY);
            digest(value, ARTIFACT_DIGEST, hexDigest);
            map.update(DatapathMaps.key(arena, ARTIFACT), value);
        }
    }

    private MemorySegment read(Arena arena, int entry) throws BpfException {
        MemorySegment value = arena.allocate(Structs.IDENTITY);
        map.lookup(DatapathMaps.key(arena, entry), value);
        return value;
    }

    private static String hex(MemorySegment value, long at) {
        return HexFormat.of().formatHex(value.asSlice(at, DIGEST_BYTES).toArray(JAVA_BYTE));
    }

    private static void digest(MemorySegment value, long at, String hex) {
        MemorySegment.copy(HexFormat.of().parseHex(hex), 0, value, JAVA_BYTE, at, DIGEST_BYTES);
    }
}
