package io.aegisflux.segmentation.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
    private static final String TYPE = SignedEnvelope.DESIRED_STATE;
    private static final KeyPair PAIR = Ed25519.generate();
    private static final KeyPair OTHER = Ed25519.generate();
    private static final EnvelopeSigner SIGNER = new EnvelopeSigner("k", PAIR.getPrivate());
    private static final EnvelopeVerifier VERIFIER = new EnvelopeVerifier(Map.of("k", PAIR.getPublic()));

    @Property(tries = 200)
    void whatWasSignedIsVerifiedAndIsTheSameBytes(@ForAll byte[] payload) {
        SignedEnvelope envelope = SIGNER.sign(TYPE, payload);

        assertThat(VERIFIER.verify(envelope, TYPE)).isEqualTo(payload);
        assertThat(SIGNER.sign(TYPE, payload)).isEqualTo(envelope).hasSameHashCodeAs(envelope);
        assertThat(Wire.read(Wire.write(envelope), SignedEnvelope.class)).isEqualTo(envelope);
    }

    @Property(tries = 300)
    void aFlippedBitOfThePayloadIsFound(@ForAll @Size(min = 1, max = 200) byte[] payload, @ForAll int bit) {
        SignedEnvelope signed = SIGNER.sign(TYPE, payload);
        SignedEnvelope changed = new SignedEnvelope(TYPE, flipped(payload, bit), "k", signed.signature());

        assertRefused(VERIFIER, changed, "does not match");
        assertThat(changed).isNotEqualTo(signed);
    }

    @Property(tries = 300)
    void aFlippedBitOfTheSignatureIsFound(@ForAll @IntRange(min = 0, max = 511) int bit) {
        SignedEnvelope signed = SIGNER.sign(TYPE, new byte[] {1});

        assertRefused(
                VERIFIER,
                new SignedEnvelope(TYPE, signed.payload(), "k", flipped(signed.signature(), bit)),
                "does not match");
    }

    @Property(tries = 50)
    void aSignatureOfAnotherLengthIsNone(@ForAll @IntRange(min = 0, max = 200) int length) {
        byte[] signature = SIGNER.sign(TYPE, new byte[0]).signature();
        if (length != signature.length) {
            assertRefused(
                    VERIFIER,
                    new SignedEnvelope(TYPE, new byte[0], "k", Arrays.copyOf(signature, length)),
                    "does not match");
        }
    }

    @Test
    void anotherKeyOfTheSameNameDoesNotDo() {
        assertRefused(VERIFIER, new EnvelopeSigner("k", OTHER.getPrivate()).sign(TYPE, new byte[8]), "does not match");
    }

    @Test
    void aKeyThatIsNotKnownIsNotTrusted() {
        SignedEnvelope envelope = new EnvelopeSigner("other", OTHER.getPrivate()).sign(TYPE, new byte[8]);

        assertRefused(VERIFIER, envelope, "key \"other\" is not trusted here");
        assertRefused(new EnvelopeVerifier(Map.of()), SIGNER.sign(TYPE, new byte[8]), "is not trusted");
    }

    @Test
    void oneKindOfPayloadIsNotTakenForAnother() {
        SignedEnvelope manifest = SIGNER.sign(SignedEnvelope.ARTIFACT_MANIFEST, new byte[8]);
        SignedEnvelope relabelled = new SignedEnvelope(TYPE, manifest.payload(), "k", manifest.signature());

        assertRefused(VERIFIER, manifest, "payload type is");
        assertRefused(VERIFIER, relabelled, "does not match");
    }

    @Test
    void lengthsStandInWhatIsSignedSoTypeAndPayloadCannotTradeBytes() {
        assertThat(new String(
                        SignedEnvelope.preAuthenticationEncoding(
                                "http://example.com/HelloWorld", "hello world".getBytes(UTF_8)),
                        UTF_8))
                .as("the example of the DSSE specification")
                .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        assertThat(SignedEnvelope.preAuthenticationEncoding("ab", "c".getBytes(UTF_8)))
                .isNotEqualTo(SignedEnvelope.preAuthenticationEncoding("a", "bc".getBytes(UTF_8)));
    }

    @Test
    void thePublicKeyIsDerivedAsRfc8032Says() throws Exception {
        HexFormat hex = HexFormat.of();
        byte[] pkcs8 = hex.parseHex("302e020100300506032b657004220420"
                + "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        byte[] publicKey = Ed25519.publicKeyOf(Ed25519.privateKey(pkcs8)).getEncoded();

        assertThat(hex.formatHex(publicKey))
                .as("section 7.1, test 1")
                .endsWith("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    }

    @Test
    void keysOfOtherAlgorithmsAreRefused() throws NoSuchAlgorithmException {
        KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        KeyPair ed448 = KeyPairGenerator.getInstance("Ed448").generateKeyPair();

        for (KeyPair pair : new KeyPair[] {rsa, ed448}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new EnvelopeSigner("k", pair.getPrivate()))
                    .withMessageContaining("an Ed25519 key is wanted");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new EnvelopeVerifier(Map.of("k", pair.getPublic())))
                    .withMessageContaining("an Ed25519 key is wanted");
        }
    }

    @Test
    void itsTextShowsNoPayload() {
        assertThat(SIGNER.sign(TYPE, "secret".getBytes(UTF_8)))
                .asString()
                .contains("6 bytes", "key \"k\"")
                .doesNotContain("secret");
    }

    private static void assertRefused(EnvelopeVerifier verifier, SignedEnvelope envelope, String reason) {
        assertThatExceptionOfType(UntrustedEnvelopeException.class)
                .isThrownBy(() -> verifier.verify(envelope, TYPE))
                .withMessageContaining(reason);
    }

    private static byte[] flipped(byte[] bytes, int bit) {
        byte[] copy = bytes.clone();
        int at = Math.floorMod(bit, bytes.length * 8);
        copy[at / 8] ^= (byte) (1 << at % 8);
        return copy;
    }
}
