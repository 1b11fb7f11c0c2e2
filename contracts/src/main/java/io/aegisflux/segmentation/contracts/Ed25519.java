package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;

/** Ed25519 (RFC 8032) as the JDK has it. */
final class Ed25519 {
    static final String ALGORITHM = "Ed25519";

    private Ed25519() {}

    /**
     * @return the key
     * @throws IllegalArgumentException when it is a key of another algorithm
     */
    static <K extends Key> K requireKey(K key) {
        requireNonNull(key, "key is null");
        if (key instanceof EdECKey ed && ALGORITHM.equals(ed.getParams().getName())) {
            return key;
        }
        throw new IllegalArgumentException("an Ed25519 key is wanted, not one of " + key.getAlgorithm());
    }

    static KeyPair generate() {
        try {
            return KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no Ed25519 on this JVM", e);
        }
    }

    /**
     * The key of an X.509 encoding.
     *
     * @throws GeneralSecurityException when it is something else
     */
    static PublicKey publicKey(byte[] x509) throws GeneralSecurityException {
        return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(x509));
    }

    /**
     * The key of a PKCS#8 encoding.
     *
     * @throws GeneralSecurityException when it is something else
     */
    static PrivateKey privateKey(byte[] pkcs8) throws GeneralSecurityException {
        return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    /**
     * The public key that belongs to a private one. The JDK computes it only when it generates a pair, from 32 random
     * bytes; here these bytes are the private key's. The pair is proven by a signature before it is returned.
     */
    static PublicKey publicKeyOf(PrivateKey key) {
        byte[] seed = ((EdECPrivateKey) requireKey(key))
                .getBytes()
                .orElseThrow(() -> new IllegalArgumentException("the private key cannot be read from its provider"));
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, new KnownBytes(seed));
            PublicKey found = generator.generateKeyPair().getPublic();
            if (!belongTogether(key, found)) {
                throw new IllegalStateException("this JVM's provider does not derive Ed25519 keys as RFC 8032 says");
            }
            return found;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no Ed25519 on this JVM", e);
        }
    }

    private static boolean belongTogether(PrivateKey secret, PublicKey open) throws GeneralSecurityException {
        byte[] probe = {1, 2, 3};
        Signature signature = Signature.getInstance(ALGORITHM);
        signature.initSign(secret);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(open);
        signature.update(probe);
        return signature.verify(signed);
    }

    /** Answers every wish for random bytes with the same ones. */
    private static final class KnownBytes extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final byte[] known;

        KnownBytes(byte[] known) {
            this.known = known.clone();
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (bytes.length != known.length) {
                throw new IllegalStateException("%d bytes are wanted, %d known".formatted(bytes.length, known.length));
            }
            System.arraycopy(known, 0, bytes, 0, bytes.length);
        }
    }
}
