package io.aegisflux.segmentation.cli.bus;

import io.aegisflux.segmentation.cli.outcome.Failure;
import java.util.Arrays;

/**
 * The text form of a user's seed, as nkeys defines it (github.com/nats-io/nkeys, README "Format"): base32 without padding
 * of two prefix bytes, the 32 bytes of the seed and a CRC-16/XMODEM, low byte first.
 */
final class UserSeed {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int PREFIX_SEED = 18 << 3;
    private static final int PREFIX_USER = 20 << 3;
    private static final int LENGTH = 2 + 32 + 2;

    private UserSeed() {}

    /**
     * @throws Failure of the usage kind when the text is not a user's seed; the text itself is not repeated
     */
    static byte[] decode(String text) {
        byte[] raw = base32(text);
        boolean shaped = text.length() == (LENGTH * 8 + 4) / 5
                && (raw[0] & 0xf8) == PREFIX_SEED
                && (((raw[0] & 0x07) << 5) | ((raw[1] & 0xf8) >> 3)) == PREFIX_USER
                && crc16(raw, LENGTH - 2) == ((raw[LENGTH - 2] & 0xff) | ((raw[LENGTH - 1] & 0xff) << 8));
        if (!shaped) {
            throw unusable();
        }
        return Arrays.copyOfRange(raw, 2, LENGTH - 2);
    }

    static int crc16(byte[] bytes, int length) {
        int crc = 0;
        for (int i = 0; i < length; i++) {
            crc ^= (bytes[i] & 0xff) << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            }
        }
        return crc & 0xffff;
    }

    private static byte[] base32(String text) {
        byte[] bytes = new byte[text.length() * 5 / 8];
        int buffer = 0;
        int bits = 0;
        int at = 0;
        for (char c : text.toCharArray()) {
            int value = ALPHABET.indexOf(c);
            if (value < 0) {
                throw unusable();
            }
            buffer = (buffer << 5) | value;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                bytes[at++] = (byte) (buffer >> bits);
                buffer &= (1 << bits) - 1;
            }
        }
        return bytes;
    }

    private static Failure unusable() {
        return Failure.usage(
                "the seed in the credentials file is damaged or not a user's", "make the file anew, e.g. with nsc");
    }
}
