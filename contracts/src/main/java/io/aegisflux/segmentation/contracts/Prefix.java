package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;

/**
 * An address prefix without host bits, written {@code 10.0.0.0/8} or {@code fd00::/8}.
 *
 * @param high the upper 64 bits of the address, network order; an IPv4 address stands in the upper 32 bits of it
 * @param low the lower 64 bits of an IPv6 address; 0 for IPv4
 * @param length the number of leading bits that count
 * @param ipVersion 4 or 6
 */
public record Prefix(long high, long low, int length, int ipVersion) {
    public static final Prefix ANY4 = new Prefix(0, 0, 0, 4);
    public static final Prefix ANY6 = new Prefix(0, 0, 0, 6);

    /**
     * @throws IllegalArgumentException when the length does not fit the version or host bits are set
     */
    public Prefix {
        int bits = ipVersion == 4 ? 32 : 128;
        if (ipVersion != 4 && ipVersion != 6) {
            throw new IllegalArgumentException("no IP version " + ipVersion);
        }
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException(
                    "a prefix of IPv%d has 0 to %d bits, not %d".formatted(ipVersion, bits, length));
        }
        if ((high & ~maskHigh(length)) != 0 || (low & ~maskLow(length)) != 0) {
            throw new IllegalArgumentException("host bits are set below /" + length);
        }
    }

    /**
     * Reads a prefix or a single address.
     *
     * @throws IllegalArgumentException when the text is not a literal address with an optional length, or has host bits
     */
    @JsonCreator
    public static Prefix parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = Addresses.parse(slash < 0 ? text : text.substring(0, slash));
        int bits = address.length * 8;
        int length = slash < 0 ? bits : parseLength(text.substring(slash + 1), text);
        return of(address, length);
    }

    /** The prefix of this many bits whose address is given in network order, 4 or 16 bytes. */
    public static Prefix of(byte[] address, int length) {
        ByteBuffer buffer = ByteBuffer.wrap(address);
        return address.length == 4
                ? new Prefix((buffer.getInt() & 0xFFFFFFFFL) << 32, 0, length, 4)
                : new Prefix(buffer.getLong(), buffer.getLong(), length, 6);
    }

    /** The address in network order, 4 or 16 bytes. */
    public byte[] address() {
        return ipVersion == 4
                ? ByteBuffer.allocate(4).putInt((int) (high >>> 32)).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    /** Whether the address, 4 or 16 bytes in network order, is of this version and inside. */
    public boolean contains(byte[] address) {
        if (address.length != (ipVersion == 4 ? 4 : 16)) {
            return false;
        }
        ByteBuffer buffer = ByteBuffer.wrap(address);
        if (ipVersion == 4) {
            return (((buffer.getInt() & 0xFFFFFFFFL) << 32) & maskHigh(length)) == high;
        }
        return (buffer.getLong() & maskHigh(length)) == high && (buffer.getLong() & maskLow(length)) == low;
    }

    @Override
    @JsonValue
    public String toString() {
        return Addresses.format(address()) + '/' + length;
    }

    private static int parseLength(String digits, String text) {
        if (!digits.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException(
                    "%s has no length of digits after '/'".formatted(Quoted.shortened(text)));
        }
        return Integer.parseInt(digits);
    }

    private static long maskHigh(int length) {
        return length <= 0 ? 0 : length >= 64 ? -1L : -1L << (64 - length);
    }

    private static long maskLow(int length) {
        return length <= 64 ? 0 : -1L << (128 - length);
    }
}
