package io.aegisflux.segmentation.contracts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Ed25519 keys as PEM files: PKCS#8 for the private key (mode 0600), X.509 for the public one. The key id is the first
 * 16 hex digits of the SHA-256 of the public key's X.509 encoding.
 */
public final class SigningKeys {
    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";

    private SigningKeys() {}

    /**
     * The signer of a role. A missing key pair is made, which is meant for development: production mounts its own. A
     * missing public file is made from the private key. Several processes may do this at once on the same files.
     *
     * @param privateKeyFile PKCS#8 PEM; the public key lies beside it with the suffix {@code .pub}
     * @throws UncheckedIOException when the files cannot be read or written
     * @throws IllegalArgumentException when they hold something else than an Ed25519 key, or keys of different pairs
     */
    public static EnvelopeSigner signer(Path privateKeyFile) {
        try {
            if (!Files.exists(privateKeyFile)) {
                generateUnlessThere(privateKeyFile);
            }
            PrivateKey key = readPrivate(privateKeyFile);
            PublicKey publicKey = Ed25519.publicKeyOf(key);
            requirePublicFile(publicFile(privateKeyFile), publicKey);
            return new EnvelopeSigner(keyId(publicKey), key);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot use the signing key %s: %s".formatted(privateKeyFile, e.getMessage()), e);
        }
    }

    /**
     * A verifier that trusts the given public keys and no others.
     *
     * @throws UncheckedIOException when a file cannot be read
     * @throws IllegalArgumentException when one holds something else than an Ed25519 public key
     */
    public static EnvelopeVerifier verifier(List<Path> publicKeyFiles) {
        Map<String, PublicKey> keys = new HashMap<>();
        for (Path file : publicKeyFiles) {
            try {
                PublicKey key = readPublic(file);
                keys.put(keyId(key), key);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the public key %s: %s".formatted(file, e.getMessage()), e);
            }
        }
        return new EnvelopeVerifier(keys);
    }

    /**
     * Makes a key pair: the private file with mode 0600 and its {@code .pub}.
     *
     * @throws FileAlreadyExistsException when one of them is there already; both are left as they are
     */
    public static void generate(Path privateKeyFile) throws IOException {
        Path publicFile = publicFile(privateKeyFile);
        if (Files.exists(publicFile)) {
            throw new FileAlreadyExistsException(
                    publicFile.toString(), privateKeyFile.toString(), "a public key is there whose private key is not");
        }
        KeyPair pair = Ed25519.generate();
        PemFile.create(privateKeyFile, PRIVATE, pair.getPrivate().getEncoded(), PemFile.OWNER_ONLY);
        requirePublicFile(publicFile, pair.getPublic());
    }

    /** Where the public key of a private key file lies. */
    public static Path publicFile(Path privateKeyFile) {
        return privateKeyFile.resolveSibling(privateKeyFile.getFileName() + ".pub");
    }

    /** The name of a public key in envelopes. */
    public static String keyId(PublicKey key) {
        return Digests.sha256Hex(key.getEncoded()).substring(0, 16);
    }

    private static void generateUnlessThere(Path privateKeyFile) throws IOException {
        try {
            generate(privateKeyFile);
        } catch (FileAlreadyExistsException e) {
            if (!Files.exists(privateKeyFile)) {
                throw e;
            }
            // another process was faster: its key is the key
        }
    }

    /** One that is there is only read: where production mounts keys, nothing may be written. */
    private static void requirePublicFile(Path file, PublicKey key) throws IOException {
        if (!Files.exists(file)) {
            try {
                PemFile.create(file, PUBLIC, key.getEncoded(), PemFile.ALL_READ);
                return;
            } catch (FileAlreadyExistsException e) {
                // another process was faster
            }
        }
        if (!readPublic(file).equals(key)) {
            throw new IllegalArgumentException(
                    "%s is not the public key of the private key beside it; remove it to have it written anew"
                            .formatted(file));
        }
    }

    private static PublicKey readPublic(Path file) throws IOException {
        try {
            return Ed25519.publicKey(PemFile.read(file, PUBLIC));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(file + " does not hold an Ed25519 public key", e);
        }
    }

    private static PrivateKey readPrivate(Path file) throws IOException {
        try {
            return Ed25519.privateKey(PemFile.read(file, PRIVATE));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(file + " does not hold an Ed25519 private key", e);
        }
    }
}
