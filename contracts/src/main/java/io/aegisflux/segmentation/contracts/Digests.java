package io.aegisflux.segmentation.contracts;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** SHA-256, written in lower-case hex as everywhere on the bus. */
public final class Digests {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    private Digests() {}

    /** The digest of the bytes, 64 lower-case hex digits. */
    public static String sha256Hex(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    /**
     * @param member the wire name of what holds the digest, for the message
     * @throws NullPointerException when it is null
     * @throws IllegalArgumentException when it is not 64 lower-case hex digits
     */
    static void requireHex(String digest, String member) {
        if (digest == null) {
            throw new NullPointerException(member + " is missing");
        }
        if (!HEX.matcher(digest).matches()) {
            throw new IllegalArgumentException(
                    "%s is a SHA-256 in lower-case hex, not %s".formatted(member, Quoted.shortened(digest)));
        }
    }

    /** A fresh SHA-256 for bytes that come in pieces. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
