package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Wire;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Keeps the book of each bank beside it in the kernel, as deflated JSON in chunks, so that names and numbers can never
 * come apart, whatever happens to the disk.
 */
final class BookStore {
    private final BpfMap map;

    /**
     * @param map {@code book} of bpf/maps.h; stays the caller's
     */
    BookStore(BpfMap map) {
        this.map = requireNonNull(map, "map is null");
    }

    private record Content(RuleTable table, List<Integer> slots, List<String> interfaces) {}

    /** A book as it is kept; by its size in bytes it is read again. */
    static byte[] bytes(Book book) {
        return deflated(Wire.write(new Content(book.table(), book.slots(), book.interfaces())));
    }

    /**
     * Writes the book of a bank over the one that was there.
     *
     * @param bytes as {@link #bytes(Book)} makes them
     * @throws BpfException when the kernel does not take it
     */
    void write(int bank, byte[] bytes) throws BpfException {
        int chunks = chunks(bytes.length);
        if (chunks > Structs.BOOK_CHUNKS_MAX) {
            throw new IllegalStateException(
                    "a book of %d bytes is larger than any table that fits".formatted(bytes.length));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_INT);
            MemorySegment chunk = arena.allocate(Structs.BOOK_CHUNK);
            for (int i = 0; i < chunks; i++) {
                int from = i * Structs.BOOK_CHUNK_BYTES;
                key.set(JAVA_INT, 0, key(bank, i));
                chunk.fill((byte) 0);
                MemorySegment.copy(
                        bytes, from, chunk, JAVA_BYTE, 0, Math.min(Structs.BOOK_CHUNK_BYTES, bytes.length - from));
                map.update(key, chunk);
            }
            for (int i = chunks; ; i++) { // what a longer one has left
                key.set(JAVA_INT, 0, key(bank, i));
                if (!map.delete(key)) {
                    return;
                }
            }
        }
    }

    /**
     * The book of a bank.
     *
     * @param size of its bytes
     * @return empty when it is not whole
     */
    Optional<Book> read(int bank, int size) throws BpfException {
        if (size <= 0 || chunks(size) > Structs.BOOK_CHUNKS_MAX) {
            return Optional.empty();
        }
        byte[] bytes = new byte[size];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_INT);
            MemorySegment chunk = arena.allocate(Structs.BOOK_CHUNK);
            for (int i = 0; i < chunks(size); i++) {
                int from = i * Structs.BOOK_CHUNK_BYTES;
                key.set(JAVA_INT, 0, key(bank, i));
                if (!map.lookup(key, chunk)) {
                    return Optional.empty();
                }
                MemorySegment.copy(chunk, JAVA_BYTE, 0, bytes, from, Math.min(Structs.BOOK_CHUNK_BYTES, size - from));
            }
            Content content = Wire.read(inflated(bytes), Content.class);
            return Optional.of(new Book(content.table(), content.slots(), content.interfaces()));
        } catch (IOException | MalformedMessageException | IllegalArgumentException | NullPointerException e) {
            return Optional.empty();
        }
    }

    private static int key(int bank, int chunk) {
        return bank << 16 | chunk;
    }

    private static int chunks(int size) {
        return Math.ceilDiv(size, Structs.BOOK_CHUNK_BYTES);
    }

    private static byte[] deflated(byte[] json) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(json.length / 4);
        Deflater fast = new Deflater(Deflater.BEST_SPEED);
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, fast)) {
            out.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        } finally {
            fast.end();
        }
        return bytes.toByteArray();
    }

    private static byte[] inflated(byte[] bytes) throws IOException {
        try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        }
    }
}
