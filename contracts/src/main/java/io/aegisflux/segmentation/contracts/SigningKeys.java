package io.aegisflux.segmentation.contracts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Ed25519 keys as PEM files: PKCS#8 for the private key (mode 0600), X.509 for the public one. The key id is the first
 * 16 hex digits of the SHA-256 of the public key's X.509 encoding.
 */
public final class SigningKeys {
    private static final Base64.Encoder PEM = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private SigningKeys() {}

    /**
     * The signer of a role. A missing key pair is made, which is meant for development: production mounts its own.
     *
     * @param privateKeyFile PKCS#8 PEM; the public key lies beside it with the suffix {@code .pub}
     * @throws UncheckedIOException when the files cannot be read or written
     * @throws IllegalArgumentException when they hold something else than an Ed25519 key
     */
    public static EnvelopeSigner signer(Path privateKeyFile) {
        try {
            if (!Files.exists(privateKeyFile)) {
                generate(privateKeyFile);
            }
            PublicKey publicKey = readPublic(publicFile(privateKeyFile));
            return new EnvelopeSigner(keyId(publicKey), readPrivate(privateKeyFile));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the signing key " + privateKeyFile, e);
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
                throw new UncheckedIOException("cannot read the public key " + file, e);
            }
        }
        return new EnvelopeVerifier(keys);
    }

    /** Makes a key pair: the private file with mode 0600 and its {@code .pub}. Existing files are left alone. */
    public static void generate(Path privateKeyFile) throws IOException {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            Files.createDirectories(privateKeyFile.toAbsolutePath().getParent());
            Files.writeString(
                    publicFile(privateKeyFile),
                    pem("PUBLIC KEY", pair.getPublic().getEncoded()),
                    StandardOpenOption.CREATE_NEW);
            Files.createFile(
                    privateKeyFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(
                    privateKeyFile, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no Ed25519 on this JVM", e);
        }
    }

    /** Where the public key of a private key file lies. */
    public static Path publicFile(Path privateKeyFile) {
        return privateKeyFile.resolveSibling(privateKeyFile.getFileName() + ".pub");
    }

    /** The name of a public key in envelopes. */
    public static String keyId(PublicKey key) {
        return Digests.sha256Hex(key.getEncoded()).substring(0, 16);
    }

    private static PublicKey readPublic(Path file) throws IOException {
        try {
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(unpem(file, "PUBLIC KEY")));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(file + " does not hold an Ed25519 public key", e);
        }
    }

    private static PrivateKey readPrivate(Path file) throws IOException {
        try {
            return KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(unpem(file, "PRIVATE KEY")));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(file + " does not hold an Ed25519 private key", e);
        }
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, PEM.encodeToString(der), label);
    }

    private static byte[] unpem(Path file, String label) throws IOException {
        String text = Files.readString(file).strip();
        String begin = "-----BEGIN " + label + "-----";
        String end = "-----END " + label + "-----";
        if (!text.startsWith(begin) || !text.endsWith(end)) {
            throw new IllegalArgumentException(file + " is not a PEM file of a " + label);
        }
        return Base64.getMimeDecoder().decode(text.substring(begin.length(), text.length() - end.length()));
    }
}
