package io.aegisflux.segmentation.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * Bytes and the signature over them, in the manner of DSSE: the signature covers the pre-authentication encoding
 * {@code "DSSEv1" SP len(type) SP type SP len(payload) SP payload}, lengths in ASCII decimal bytes, so that a signature
 * over one kind of payload can never be shown as one over another.
 *
 * @param payloadType one of the constants of this class
 * @param payload the exact signed bytes; never re-serialise them before checking the signature, and never write to the
 *     array: it is not copied
 * @param keyId names the public key that checks the signature
 * @param signature Ed25519, 64 bytes
 */
@SuppressWarnings("ArrayRecordComponent")
public record SignedEnvelope(String payloadType, byte[] payload, String keyId, byte[] signature) {
    public static final String DESIRED_STATE = "application/vnd.aegisflux.desired-state.v1+json";
    public static final String ARTIFACT_MANIFEST = "application/vnd.aegisflux.artifact-manifest.v1+json";

    public SignedEnvelope {
        requireNonNull(payloadType, "payload_type is missing");
        requireNonNull(payload, "payload is missing");
        requireNonNull(keyId, "key_id is missing");
        requireNonNull(signature, "signature is missing");
    }

    /** Equal when type, key and all bytes are. */
    @Override
    public boolean equals(Object other) {
        return other instanceof SignedEnvelope that
                && payloadType.equals(that.payloadType)
                && Arrays.equals(payload, that.payload)
                && keyId.equals(that.keyId)
                && Arrays.equals(signature, that.signature);
    }

    @Override
    public int hashCode() {
        return Objects.hash(payloadType, Arrays.hashCode(payload), keyId, Arrays.hashCode(signature));
    }

    @Override
    public String toString() {
        return "SignedEnvelope[%s, %d bytes, key %s]"
                .formatted(Quoted.shortened(payloadType), payload.length, Quoted.shortened(keyId));
    }

    /** The bytes that the signature covers (DSSE's PAE). */
    public static byte[] preAuthenticationEncoding(String payloadType, byte[] payload) {
        byte[] type = payloadType.getBytes(UTF_8);
        var out = new ByteArrayOutputStream(payload.length + type.length + 32);
        out.writeBytes(("DSSEv1 " + type.length + " ").getBytes(UTF_8));
        out.writeBytes(type);
        out.writeBytes((" " + payload.length + " ").getBytes(UTF_8));
        out.writeBytes(payload);
        return out.toByteArray();
    }
}
