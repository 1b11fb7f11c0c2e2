package io.aegisflux.segmentation.contracts;

import java.net.Inet6Address;

/** Literal IP addresses: never a name, so nothing here ever asks a resolver. */
public final class Addresses {
    private Addresses() {}

    /**
     * An address in network order, 4 or 16 bytes.
     *
     * @throws IllegalArgumentException for anything but dotted quads of plain decimals and RFC 4291 text; zones and
     *     IPv4-mapped IPv6 addresses are refused, for they name an IPv4 host in a second way
     */
    public static byte[] parse(String text) {
        try {
            if (text.indexOf(':') < 0) {
                return v4(text);
            }
            byte[] address = Inet6Address.ofLiteral(text).getAddress();
            if (address.length != 16 || text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
                throw new IllegalArgumentException("zone, bracket or IPv4-mapped");
            }
            return address;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s is not an IPv4 or IPv6 address".formatted(Quoted.shortened(text)), e);
        }
    }

    /** The text of an address of 4 or 16 bytes; IPv6 as RFC 5952 writes it. */
    public static String format(byte[] address) {
        if (address.length == 4) {
            return "%d.%d.%d.%d".formatted(address[0] & 0xFF, address[1] & 0xFF, address[2] & 0xFF, address[3] & 0xFF);
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

    private static byte[] v4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException("not four parts");
        }
        byte[] address = new byte[4];
        for (int i = 0; i < 4; i++) {
            if (!parts[i].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[i]) > 255) {
                throw new IllegalArgumentException("not a decimal from 0 to 255");
            }
            address[i] = (byte) Integer.parseInt(parts[i]);
        }
        return address;
    }
}
