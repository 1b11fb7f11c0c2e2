package io.aegisflux.segmentation.contracts;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Map;

/** Checks envelopes against a set of Ed25519 public keys, by key id. */
public final class EnvelopeVerifier {
    private final Map<String, PublicKey> keys;

    /**
     * @param keys Ed25519 public keys by key id
     * @throws IllegalArgumentException when one is a key of another algorithm
     */
    public EnvelopeVerifier(Map<String, PublicKey> keys) {
        this.keys = Map.copyOf(keys);
        this.keys.values().forEach(Ed25519::requireKey);
    }

    /**
     * The signed bytes, once they are proven.
     *
     * @param expectedType the payload type the caller is about to parse
     * @throws UntrustedEnvelopeException when the type is another, the key unknown or the signature wrong
     */
    public byte[] verify(SignedEnvelope envelope, String expectedType) {
        if (!envelope.payloadType().equals(expectedType)) {
            throw new UntrustedEnvelopeException(
                    "payload type is %s, wanted %s".formatted(Quoted.shortened(envelope.payloadType()), expectedType));
        }
        PublicKey key = keys.get(envelope.keyId());
        if (key == null) {
            throw new UntrustedEnvelopeException(
                    "key %s is not trusted here".formatted(Quoted.shortened(envelope.keyId())));
        }
        if (!isSignedBy(key, envelope)) {
            throw new UntrustedEnvelopeException(
                    "the signature does not match the payload and key " + envelope.keyId());
        }
        return envelope.payload();
    }

    private static boolean isSignedBy(PublicKey key, SignedEnvelope envelope) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(key);
            signature.update(SignedEnvelope.preAuthenticationEncoding(envelope.payloadType(), envelope.payload()));
            return signature.verify(envelope.signature());
        } catch (SignatureException e) {
            return false; // not 64 bytes, or not a point on the curve
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot check an Ed25519 signature on this JVM", e);
        }
    }
}
