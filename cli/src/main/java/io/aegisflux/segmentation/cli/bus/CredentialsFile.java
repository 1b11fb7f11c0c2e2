package io.aegisflux.segmentation.cli.bus;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.Wire;
import io.nats.client.AuthHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A NATS credentials file (a user's JWT and the seed of its key), signing with the JDK's Ed25519. jnats' own reader needs
 * Bouncy Castle, which is more than half of the bytes this program would otherwise carry.
 */
final class CredentialsFile implements AuthHandler {
    private static final Pattern JWT = Pattern.compile("BEGIN NATS USER JWT-+\\s+(\\S+)\\s+-+END");
    private static final Pattern SEED = Pattern.compile("BEGIN USER NKEY SEED-+\\s+(\\S+)\\s+-+END");

    private final String jwt;
    private final PrivateKey key;

    private CredentialsFile(String jwt, PrivateKey key) {
        this.jwt = jwt;
        this.key = key;
    }

    /**
     * @throws Failure of the usage kind when the file cannot be read or is none
     */
    static CredentialsFile read(Path file) {
        String content;
        try {
            content = Files.readString(file);
        } catch (IOException e) {
            throw Failure.usage(
                    "cannot read the credentials file %s: %s".formatted(file, e.getMessage()),
                    "name a readable file in --creds or NATS_CREDS");
        }
        String jwt = part(JWT, content, file);
        byte[] seed = UserSeed.decode(part(SEED, content, file));
        try {
            return new CredentialsFile(
                    jwt,
                    KeyFactory.getInstance("Ed25519")
                            .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM cannot sign with Ed25519", e);
        }
    }

    @Override
    public byte[] sign(byte[] nonce) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(nonce);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM cannot sign with Ed25519", e);
        }
    }

    /** The JWT carries the public key, so none is sent beside it. */
    @Override
    public char[] getID() {
        return null;
    }

    @Override
    public char[] getJWT() {
        return jwt.toCharArray();
    }

    /** The user's name in the JWT, or its public key where it has none; empty when the JWT cannot be read. */
    String name() {
        try {
            JsonNode claims = Wire.mapper().readTree(Base64.getUrlDecoder().decode(jwt.split("\\.", -1)[1]));
            return claims.path("name").asText(claims.path("sub").asText());
        } catch (IOException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            return ""; // the broker says what is wrong with it
        }
    }

    private static String part(Pattern pattern, String content, Path file) {
        Matcher matcher = pattern.matcher(content);
        if (!matcher.find()) {
            throw Failure.usage(
                    "%s is not a NATS credentials file: a user's JWT and NKEY seed are wanted".formatted(file),
                    "make one with 'nsc generate creds'");
        }
        return matcher.group(1);
    }
}
