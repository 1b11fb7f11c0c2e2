package io.aegisflux.segmentation.contracts;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;

/** The key that signs the examples. Everybody knows it, so nobody may trust it anywhere else. */
final class ExampleKey {
    private static final byte[] SEED = "the examples of this repository.".getBytes(StandardCharsets.US_ASCII);

    private ExampleKey() {}

    static EnvelopeSigner signer() {
        PrivateKey key = key();
        return new EnvelopeSigner(SigningKeys.keyId(Ed25519.publicKeyOf(key)), key);
    }

    private static PrivateKey key() {
        try {
            return KeyFactory.getInstance(Ed25519.ALGORITHM)
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, SEED));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
