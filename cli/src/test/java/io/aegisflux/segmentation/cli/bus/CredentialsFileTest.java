package io.aegisflux.segmentation.cli.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsFileTest {
    /** The user seed of 32 bytes 0, 1, … 31, as nkeys writes it. */
    private static final String SEED = seedOf(20 << 3);

    private static final String FILE = """
            -----BEGIN NATS USER JWT-----
            eyJ0eXAi.eyJqdGki.c2ln
            ------END NATS USER JWT------

            ************************* IMPORTANT *************************
            NKEY Seed printed below can be used to sign and prove identity.

            -----BEGIN USER NKEY SEED-----
            %s
            ------END USER NKEY SEED------
            """;

    @TempDir
    Path directory;

    @Test
    void readsTheTokenAndSignsWithTheSeedsKey() throws Exception {
        CredentialsFile credentials = CredentialsFile.read(write(FILE.formatted(SEED)));
        byte[] nonce = "nonce".getBytes();
        Signature check = Signature.getInstance("Ed25519");
        check.initVerify(publicKeyOfTheSeed());
        check.update(nonce);

        assertThat(new String(credentials.getJWT())).isEqualTo("eyJ0eXAi.eyJqdGki.c2ln");
        assertThat(check.verify(credentials.sign(nonce))).isTrue();
        assertThat(credentials.getID()).isNull();
    }

    @Test
    void whoPublishesWithItIsTheUserOfTheJwtOrItsKey() throws Exception {
        assertThat(publisher("{\"name\": \"ann\", \"sub\": \"UABC\"}")).isEqualTo("ann");
        assertThat(publisher("{\"sub\": \"UABC\"}")).isEqualTo("UABC");
        assertThat(publisher("{\"name\": \"J\u00f6rg\\tM\"}"))
                .as("a header carries printable ASCII only")
                .isEqualTo("J?rg?M");
        assertThat(publisher("no claims"))
                .as("the machine's user, where the JWT does not say")
                .startsWith(System.getProperty("user.name"));
    }

    private String publisher(String claims) throws IOException {
        String jwt =
                "eyJ0eXAi." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8)) + ".c2ln";
        Path file = write(FILE.formatted(SEED).replace("eyJ0eXAi.eyJqdGki.c2ln", jwt));
        return Publisher.of(new BusSettings(
                        "nats://localhost:4222",
                        Optional.of(file),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Duration.ofSeconds(5)))
                .orElseThrow()
                .value();
    }

    @Test
    void theCheckSumIsCrc16Xmodem() {
        byte[] digits = "123456789".getBytes();

        assertThat(UserSeed.crc16(digits, digits.length))
                .as("the check value of the CRC catalogue")
                .isEqualTo(0x31C3);
    }

    @Test
    void readsTheBytesOfASeed() {
        byte[] bytes = UserSeed.decode(SEED);

        assertThat(bytes).hasSize(32).startsWith(0, 1, 2).endsWith(30, 31);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "S", "SUAAA", "nonsense!", "suaa"})
    void refusesASeedThatIsNone(String seed) {
        assertUsage(() -> UserSeed.decode(seed), "damaged or not a user's");
    }

    @Test
    void refusesASeedOfAnAccountAndOneWithAWrongLetterWithoutRepeatingIt() {
        String account = seedOf(0);
        String damaged = SEED.substring(0, 20) + (SEED.charAt(20) == 'A' ? 'B' : 'A') + SEED.substring(21);

        for (String seed : new String[] {account, damaged, SEED + "A", SEED.substring(1)}) {
            assertUsage(() -> UserSeed.decode(seed), "damaged or not a user's");
            assertThatExceptionOfType(Failure.class)
                    .isThrownBy(() -> CredentialsFile.read(write(FILE.formatted(seed))))
                    .satisfies(e -> assertThat(e.getMessage() + e.next()).doesNotContain(seed));
        }
    }

    @Test
    void refusesFilesThatAreNotThereOrHoldSomethingElse() throws IOException {
        Path other = write("{\"not\": \"credentials\"}");

        assertUsage(() -> CredentialsFile.read(other), "is not a NATS credentials file");
        assertUsage(() -> CredentialsFile.read(directory.resolve("none")), "cannot read the credentials file");
        assertUsage(() -> CredentialsFile.read(directory), "cannot read the credentials file");
    }

    private Path write(String content) throws IOException {
        return Files.writeString(directory.resolve("user.creds"), content);
    }

    private static void assertUsage(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(call)
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE));
    }

    /** RFC 8032's derivation, done once with another implementation (OpenSSL 3) from the seed 00 01 … 1f. */
    private static PublicKey publicKeyOfTheSeed() throws Exception {
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(HexFormat.of()
                        .parseHex("302a300506032b6570032100"
                                + "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")));
    }

    /** As nkeys writes it: base32 of two prefix bytes, the seed and its CRC. */
    private static String seedOf(int prefix) {
        byte[] raw = new byte[36];
        raw[0] = (byte) (18 << 3 | prefix >> 5);
        raw[1] = (byte) ((prefix & 31) << 3);
        for (int i = 0; i < 32; i++) {
            raw[2 + i] = (byte) i;
        }
        int crc = UserSeed.crc16(raw, 34);
        raw[34] = (byte) crc;
        raw[35] = (byte) (crc >> 8);
        StringBuilder text = new StringBuilder();
        java.math.BigInteger bits =
                new java.math.BigInteger(1, raw).shiftLeft(2); // 288 bits are 58 letters of 5, less 2
        for (int i = 57; i >= 0; i--) {
            text.append("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
                    .charAt(bits.shiftRight(5 * i).intValue() & 31));
        }
        return text.toString();
    }
}
