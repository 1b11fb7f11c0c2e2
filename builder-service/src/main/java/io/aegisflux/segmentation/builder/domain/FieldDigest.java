package io.aegisflux.segmentation.builder.domain;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aegisflux.segmentation.contracts.Digests;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/** SHA-256 over fields; each goes in behind its length, so that no two lists of fields are the same bytes. */
final class FieldDigest {
    private final MessageDigest sha256 = Digests.sha256();

    /**
     * @param kind what the fields make up, so that different things never have the same digest
     */
    FieldDigest(String kind) {
        text("aegisflux/" + kind + "/v1");
    }

    FieldDigest text(String field) {
        return bytes(field.getBytes(UTF_8));
    }

    FieldDigest bytes(byte[] field) {
        sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(field.length).flip());
        sha256.update(field);
        return this;
    }

    /** Ends it. */
    String hex() {
        return HexFormat.of().formatHex(sha256.digest());
    }
}
