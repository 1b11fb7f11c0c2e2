package io.aegisflux.segmentation.builder.elf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A window on bytes in little-endian order; whatever lies outside of it is malformed, not read. */
final class Slice {
    private final String what;
    private final ByteBuffer bytes;

    private Slice(String what, ByteBuffer bytes) {
        this.what = what;
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * @param what for messages
     */
    static Slice of(String what, byte[] bytes) {
        return new Slice(what, ByteBuffer.wrap(bytes));
    }

    int size() {
        return bytes.limit();
    }

    /**
     * A part of it.
     *
     * @param offset unsigned; any number, as files have it
     * @param length likewise
     */
    Slice part(String name, long offset, long length) throws MalformedObjectException {
        require(offset, length);
        return new Slice(name, bytes.slice((int) offset, (int) length));
    }

    int u8(long offset) throws MalformedObjectException {
        require(offset, Byte.BYTES);
        return Byte.toUnsignedInt(bytes.get((int) offset));
    }

    int u16(long offset) throws MalformedObjectException {
        require(offset, Short.BYTES);
        return Short.toUnsignedInt(bytes.getShort((int) offset));
    }

    long u32(long offset) throws MalformedObjectException {
        require(offset, Integer.BYTES);
        return Integer.toUnsignedLong(bytes.getInt((int) offset));
    }

    /** As signed: sizes and offsets beyond 2^63 come out negative, and fit nowhere. */
    long u64(long offset) throws MalformedObjectException {
        require(offset, Long.BYTES);
        return bytes.getLong((int) offset);
    }

    /** The text from there to the next zero byte. */
    String text(long offset) throws MalformedObjectException {
        require(offset, 1);
        int end = (int) offset;
        while (end < size() && bytes.get(end) != 0) {
            end++;
        }
        require(end, 1);
        return UTF_8.decode(bytes.slice((int) offset, end - (int) offset)).toString();
    }

    private void require(long offset, long length) throws MalformedObjectException {
        if (offset < 0 || length < 0 || offset > size() - length) {
            throw new MalformedObjectException(
                    "%s has %d bytes, but %d are wanted at %d".formatted(what, size(), length, offset));
        }
    }
}
