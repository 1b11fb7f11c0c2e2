package io.aegisflux.segmentation.agent.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * Ethernet frames by chance: tags, options, fragments, chains of extension headers, all mostly as the standards have them,
 * and what happens to frames of which one cannot be sure. None is shorter than an Ethernet header.
 */
final class FrameMaker {
    static final int SHORTEST = 14;
    private static final int ROOM = 4096;
    private static final int LONGEST = 1514;

    private static final String[] SOURCES4 = {"0a000001", "0a000002", "c0a80107", "7f000001", "00000000", "e0000001"};
    private static final String[] SOURCES6 = {
        "fd000000000000000000000000000001",
        "fe800000000000000000000000000002",
        "00000000000000000000000000000001",
        "00000000000000000000000000000000",
        "ff020000000000000000000000000016"
    };
    private static final int[] PROTOCOLS = {6, 6, 6, 17, 17, 1, 58, 132, 47, 59, 50, 4, 0, 255};
    private static final int[] EXTENSIONS = {0, 43, 44, 44, 51, 60, 60};
    private static final int[] ETHERTYPES = {0x0800, 0x86DD, 0x0806, 0x8100, 0x88A8, 0x88CC, 0x8847, 0x9100, 60};
    private static final int[] TAGS = {0x8100, 0x88A8};
    private static final int[] PORTS = {67, 68, 546, 547, 0, 22, 53, 443, 40_000, 65_535};
    private static final int[] ICMP_TYPES = {0, 1, 2, 3, 4, 8, 11, 12, 128, 129, 130, 132, 133, 135, 136, 137, 143};
    private static final int[] HOP_LIMITS = {1, 64, 255};

    private final SplittableRandom random;

    FrameMaker(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** IP, now and then with a length, a fragment or a chain that no honest sender would make. */
    byte[] frame() {
        ByteBuffer frame = ByteBuffer.allocate(ROOM);
        frame.putLong(random.nextLong()).putInt(random.nextInt());
        for (int tags = random.nextInt(3) > 0 ? 0 : 1 + random.nextInt(3); tags > 0; tags--) {
            frame.putShort((short) one(TAGS)).putShort((short) random.nextInt());
        }
        boolean v4 = random.nextBoolean();
        frame.putShort((short) (v4 ? 0x0800 : 0x86DD));
        if (v4) {
            ip4(frame);
        } else {
            ip6(frame);
        }
        return Arrays.copyOf(frame.array(), Math.min(frame.position(), LONGEST));
    }

    /** As a tun device has it. */
    byte[] packet() {
        byte[] frame = frame();
        int begin = SHORTEST;
        while ((frame[begin - 2] & 0xFF) == 0x81 || (frame[begin - 2] & 0xFF) == 0x88) {
            begin += 4;
        }
        return Arrays.copyOfRange(frame, begin, Math.max(frame.length, begin + SHORTEST));
    }

    /** TCP over IPv6 behind options so long that it lies before, across or behind byte 256. */
    byte[] deep() {
        int options = 8 * (20 + random.nextInt(10));
        byte[] bytes = bytes(options + 20);
        bytes[0] = 6;
        bytes[1] = (byte) (options / 8 - 1);
        return ByteBuffer.allocate(SHORTEST + 40 + bytes.length)
                .putShort(12, (short) 0x86DD)
                .position(SHORTEST)
                .putInt(6 << 28)
                .putShort((short) bytes.length)
                .put((byte) 60)
                .put((byte) 64)
                .put(address(SOURCES6))
                .put(address(SOURCES6))
                .put(bytes)
                .array();
    }

    byte[] noise() {
        byte[] bytes = bytes(SHORTEST + random.nextInt(120));
        if (random.nextInt(4) > 0) {
            boolean v4 = random.nextBoolean();
            bytes[12] = (byte) (v4 ? 0x08 : 0x86);
            bytes[13] = (byte) (v4 ? 0x00 : 0xDD);
            if (bytes.length > 14 && random.nextInt(4) > 0) {
                bytes[14] = (byte) (v4 ? 0x40 | random.nextInt(16) : 0x60);
            }
        }
        return bytes;
    }

    byte[] withFlippedBits(byte[] frame) {
        byte[] flipped = frame.clone();
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            flipped[12 + random.nextInt(Math.min(flipped.length - 12, 80))] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    byte[] withAnotherType(byte[] frame) {
        byte[] swapped = frame.clone();
        ByteBuffer.wrap(swapped).putShort(12, (short) one(ETHERTYPES));
        return swapped;
    }

    /** To the least that Ethernet carries, or further: behind the packet there are bytes that are none of it. */
    byte[] padded(byte[] frame) {
        byte[] padded =
                Arrays.copyOf(bytes(Math.max(60, frame.length + random.nextInt(64))), Math.max(60, frame.length));
        System.arraycopy(frame, 0, padded, 0, frame.length);
        return padded;
    }

    private void ip4(ByteBuffer frame) {
        int start = frame.position();
        int words = rarely() ? random.nextInt(16) : random.nextInt(3) > 0 ? 5 : 5 + random.nextInt(11);
        int protocol = one(PROTOCOLS);
        frame.put((byte) ((rarely() ? random.nextInt(16) : 4) << 4 | words)).put((byte) random.nextInt());
        frame.putShort((short) 0).putShort((short) random.nextInt(4)).putShort((short) fragment());
        frame.put((byte) one(HOP_LIMITS)).put((byte) protocol).putShort((short) 0);
        frame.put(address(SOURCES4)).put(address(SOURCES4));
        frame.put(bytes(4 * Math.max(0, words - 5)));
        transport(frame, protocol);
        frame.putShort(start + 2, (short) length(frame.position() - start));
    }

    private void ip6(ByteBuffer frame) {
        int start = frame.position();
        frame.putInt((rarely() ? random.nextInt(16) : 6) << 28 | random.nextInt(1 << 28))
                .putShort((short) 0);
        int link = frame.position(); // where the number of the next header goes
        frame.put((byte) 0).put((byte) one(HOP_LIMITS)).put(address(SOURCES6)).put(address(SOURCES6));
        int extensions = random.nextInt(3) > 0 ? random.nextInt(3) : random.nextInt(12);
        for (int i = 0; i < extensions; i++) {
            int type = one(EXTENSIONS);
            frame.put(link, (byte) type);
            link = frame.position();
            extension(frame, type);
        }
        int protocol = one(PROTOCOLS);
        frame.put(link, (byte) protocol);
        transport(frame, protocol);
        frame.putShort(start + 4, (short) length(frame.position() - start - 40));
    }

    private void extension(ByteBuffer frame, int type) {
        int length = rarely() ? random.nextInt(256) : random.nextInt(4);
        if (type == 44) {
            boolean atomic = random.nextInt(3) > 0;
            int offset = atomic ? 0 : (random.nextBoolean() ? 0 : 8 * random.nextInt(0x2000)) | random.nextInt(2);
            frame.put((byte) 0)
                    .put((byte) random.nextInt())
                    .putShort((short) (offset | (random.nextBoolean() ? 0 : 6))) // reserved bits
                    .putInt(random.nextInt(4));
            return;
        }
        int size = type == 51 ? 4 * (length + 2) : 8 * (length + 1);
        frame.put((byte) 0).put((byte) length);
        // what the header claims is there, but for a claim no frame could hold
        frame.put(bytes(Math.min(size - 2, 64)));
    }

    private int fragment() {
        return switch (random.nextInt(8)) {
            case 0 -> 0x2000;
            case 1 -> 0x2000 | random.nextInt(0x2000);
            case 2 -> random.nextInt(0x2000);
            case 3 -> 1 | random.nextInt(2) << 13;
            case 4 -> random.nextInt(0x10000);
            default -> random.nextBoolean() ? 0 : 0x4000;
        };
    }

    private int length(int honest) {
        if (!rarely()) {
            return honest;
        }
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> honest + 1 + random.nextInt(2_000);
            case 2 -> random.nextInt(honest + 1);
            default -> Math.max(0, honest - random.nextInt(24));
        };
    }

    private void transport(ByteBuffer frame, int protocol) {
        int size = rarely() ? random.nextInt(24) : 8 + random.nextInt(60);
        ByteBuffer message = ByteBuffer.wrap(bytes(Math.max(size, 24)));
        if (protocol == 6 || protocol == 17 || protocol == 132) {
            message.putShort((short) one(PORTS)).putShort((short) one(PORTS));
        } else {
            message.put((byte) one(ICMP_TYPES)).put((byte) random.nextInt(6));
        }
        frame.put(message.array(), 0, protocol == 6 && !rarely() ? Math.max(size, 20) : size);
    }

    private byte[] address(String[] pool) {
        return HexFormat.of().parseHex(pool[random.nextInt(pool.length)]);
    }

    private boolean rarely() {
        return random.nextInt(12) == 0;
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private int one(int[] pool) {
        return pool[random.nextInt(pool.length)];
    }
}
