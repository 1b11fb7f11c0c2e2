package io.aegisflux.segmentation.builder.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What a tool writes, of which the beginning and the end are kept: a compiler says what is wrong first, the verifier
 * last.
 */
final class BoundedWords {
    /** In characters, as the bus bounds a tool's words. */
    static final int MAX_CHARACTERS = 16 * 1024;

    private static final int HEAD_BYTES = 8 * 1024;
    private static final int TAIL_BYTES = 8 * 1024 - 128;

    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private final byte[] tail = new byte[TAIL_BYTES];
    private long beyondHead;

    /** Reads to the end. */
    static String of(InputStream stream) throws IOException {
        BoundedWords words = new BoundedWords();
        byte[] buffer = new byte[8 * 1024];
        for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
            words.add(buffer, read);
        }
        return words.text();
    }

    private void add(byte[] bytes, int length) {
        int first = Math.min(length, HEAD_BYTES - head.size());
        head.write(bytes, 0, first);
        for (int i = first; i < length; i++) {
            tail[(int) (beyondHead++ % TAIL_BYTES)] = bytes[i];
        }
    }

    private String text() {
        int kept = (int) Math.min(beyondHead, TAIL_BYTES);
        byte[] end = new byte[kept];
        for (int i = 0; i < kept; i++) {
            end[i] = tail[(int) ((beyondHead - kept + i) % TAIL_BYTES)];
        }
        long leftOut = beyondHead - kept;
        return head.toString(UTF_8)
                + (leftOut > 0 ? "%n… %d bytes are left out here …%n".formatted(leftOut) : "")
                + new String(end, UTF_8);
    }
}
