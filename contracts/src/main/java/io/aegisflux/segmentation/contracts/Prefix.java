package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.util.function.Function;
import java.util.regex.Pattern;

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

    private static final Pattern DECIMAL_LENGTH = Pattern.compile("0|[1-9][0-9]{0,2}");

    /**
     * @throws IllegalArgumentException when the length does not fit the version or host bits are set
     */
    @JsonCreator(mode = JsonCreator.Mode.DISABLED) // there is one way to write it
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
            throw new IllegalArgumentException("host bits are set beyond the first %d bits".formatted(length));
        }
    }

    /**
     * Reads a prefix or a single address as a person writes it.
     *
     * @throws IllegalArgumentException when the text is not a literal address with an optional length, is
     *     IPv4-mapped, or has host bits
     */
    public static Prefix parse(String text) {
        return parse(text, Addresses::parse);
    }

    /**
     * Reads what {@link #toString} writes. Prefixes of a negation may begin at {@code ::ffff:0:0}, so IPv4-mapped ones
     * are taken here.
     *
     * @throws IllegalArgumentException as {@link #parse(String)}
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Prefix ofWire(String text) {
        return parse(text, Addresses::parseAny);
    }

    /**
     * The prefix of this many bits whose address is given in network order, 4 or 16 bytes.
     *
     * @throws IllegalArgumentException as the constructor, and for an address of another size
     */
    public static Prefix of(byte[] address, int length) {
        if (address.length != 4 && address.length != 16) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + address.length);
        }
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
        return ipVersion == 4
                ? contains((buffer.getInt() & 0xFFFFFFFFL) << 32, 0)
                : contains(buffer.getLong(), buffer.getLong());
    }

    /**
     * Whether an address of this version is inside.
     *
     * @param addressHigh its first 64 bits; of IPv4 its 32 bits and zeros
     * @param addressLow its last 64 bits; 0 of IPv4
     */
    public boolean contains(long addressHigh, long addressLow) {
        return (addressHigh & maskHigh(length)) == high && (addressLow & maskLow(length)) == low;
    }

    @Override
    @JsonValue
    public String toString() {
        return Addresses.format(address()) + '/' + length;
    }

    private static Prefix parse(String text, Function<String, byte[]> addressOf) {
        int slash = text.indexOf('/');
        byte[] address = addressOf.apply(slash < 0 ? text : text.substring(0, slash));
        int length = slash < 0 ? address.length * 8 : parseLength(text.substring(slash + 1), text);
        try {
            return of(address, length);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(Quoted.shortened(text) + ": " + e.getMessage(), e);
        }
    }

    private static int parseLength(String digits, String text) {
        if (!DECIMAL_LENGTH.matcher(digits).matches()) {
            throw new IllegalArgumentException("%s has no decimal length after '/'".formatted(Quoted.shortened(text)));
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
