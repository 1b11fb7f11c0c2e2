package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;

/** Signs payloads with an Ed25519 key. One signer a key and role; policy and artifacts have keys of their own. */
public final class EnvelopeSigner {
    private final String keyId;
    private final PrivateKey key;

    /**
     * @param keyId the name under which verifiers know the public key
     * @param key an Ed25519 private key
     * @throws IllegalArgumentException when it is a key of another algorithm
     */
    public EnvelopeSigner(String keyId, PrivateKey key) {
        this.keyId = requireNonNull(keyId, "keyId is null");
        this.key = Ed25519.requireKey(key);
    }

    /** An envelope around the payload; the same payload gives the same signature. */
    public SignedEnvelope sign(String payloadType, byte[] payload) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(SignedEnvelope.preAuthenticationEncoding(payloadType, payload));
            return new SignedEnvelope(payloadType, payload, keyId, signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign with key " + keyId, e);
        }
    }
}
