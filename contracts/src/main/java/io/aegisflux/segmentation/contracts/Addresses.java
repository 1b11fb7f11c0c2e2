package io.aegisflux.segmentation.contracts;

import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.regex.Pattern;

/** Literal IP addresses: never a name, so nothing here ever asks a resolver. */
public final class Addresses {
    /** What the JDK lets through without asking: groups of five digits, zones, brackets, decimals with leading zeros. */
    private static final Pattern V6_SHAPE =
            Pattern.compile("(?:[0-9a-fA-F]{0,4}:){2,8}(?:[0-9a-fA-F]{0,4}|[0-9.]{7,15})");

    /** ::ffff:0:0/96, RFC 4291 section 2.5.5.2. */
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xFF, (byte) 0xFF};

    private static final int NO_DIGIT = -1;

    private Addresses() {}

    /**
     * An address in network order, 4 or 16 bytes.
     *
     * @throws IllegalArgumentException for anything but dotted quads of plain decimals and RFC 4291 text; zones and
     *     IPv4-mapped IPv6 addresses are refused, for they name an IPv4 host in a second way
     */
    public static byte[] parse(String text) {
        byte[] address = parseAny(text);
        if (isMapped(address)) {
            throw new IllegalArgumentException("%s is an IPv4-mapped IPv6 address; write the IPv4 address itself"
                    .formatted(Quoted.shortened(text)));
        }
        return address;
    }

    /** As {@link #parse}, but takes IPv4-mapped IPv6 addresses too: the inverse of {@link #format}, 4 or 16 bytes. */
    static byte[] parseAny(String text) {
        try {
            return text.indexOf(':') < 0 ? v4(text) : v6(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s is not an IPv4 or IPv6 address".formatted(Quoted.shortened(text)), e);
        }
    }

    /**
     * The text of an address of 4 or 16 bytes; IPv6 as RFC 5952 writes it, without its mixed notation.
     *
     * @throws IllegalArgumentException when there are more or fewer bytes
     */
    public static String format(byte[] address) {
        if (address.length == 4) {
            return (address[0] & 0xFF) + "." + (address[1] & 0xFF) + "." + (address[2] & 0xFF) + "."
                    + (address[3] & 0xFF);
        }
        if (address.length != 16) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + address.length);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (address[2 * i] & 0xFF) << 8 | address[2 * i + 1] & 0xFF;
        }
        int start = -1;
        int length = 1; // a single zero group is written out
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }

    private static byte[] v6(String text) {
        if (!V6_SHAPE.matcher(text).matches()) {
            throw new IllegalArgumentException("groups of one to four hex digits are wanted; no zone, no bracket");
        }
        if (text.indexOf('.') >= 0) {
            v4(text.substring(text.lastIndexOf(':') + 1));
        }
        byte[] address = Inet6Address.ofLiteral(text).getAddress();
        // the JDK turns ::ffff:a.b.c.d into the IPv4 address
        return address.length == 16
                ? address
                : ByteBuffer.allocate(16).put(MAPPED).put(address).array();
    }

    private static boolean isMapped(byte[] address) {
        return address.length == 16 && Arrays.equals(address, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
    }

    /** Digit by digit: an evaluator reads two addresses for each flow. */
    private static byte[] v4(String text) {
        byte[] address = new byte[4];
        int part = 0;
        int value = NO_DIGIT;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '.';
            if (c == '.') {
                if (value == NO_DIGIT || part == address.length) {
                    throw new IllegalArgumentException("not four parts");
                }
                address[part++] = (byte) value;
                value = NO_DIGIT;
            } else if (c < '0' || c > '9' || value == 0 || value * 10 + c - '0' > 255) {
                throw new IllegalArgumentException("not a plain decimal from 0 to 255");
            } else {
                value = value == NO_DIGIT ? c - '0' : value * 10 + c - '0';
            }
        }
        if (part != address.length) {
            throw new IllegalArgumentException("not four parts");
        }
        return address;
    }
}
