package io.aegisflux.segmentation.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningKeysTest {
    private static final String TYPE = SignedEnvelope.DESIRED_STATE;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("keys").resolve("policy.pem");
    }

    @Test
    void makesAMissingPairWhosePrivateKeyOnlyItsOwnerReads() throws IOException {
        SigningKeys.signer(file);

        assertThat(modeOf(file)).isEqualTo("rw-------");
        assertThat(modeOf(SigningKeys.publicFile(file))).isEqualTo("rw-r--r--");
        assertThat(Files.readString(file)).startsWith("-----BEGIN PRIVATE KEY-----\n");
        assertThat(Files.readString(SigningKeys.publicFile(file))).startsWith("-----BEGIN PUBLIC KEY-----\n");
        assertThat(filesIn(file.getParent())).as("no drafts are left").hasSize(2);
    }

    @Test
    void signsWithTheSameKeyAfterARestart() {
        SignedEnvelope before = SigningKeys.signer(file).sign(TYPE, new byte[] {1});
        SignedEnvelope after = SigningKeys.signer(file).sign(TYPE, new byte[] {1});

        assertThat(after).isEqualTo(before);
        assertThatNoException().isThrownBy(() -> verifier(file).verify(after, TYPE));
    }

    @Test
    void writesNothingWhereBothKeysAreForTheyMayBeMountedReadOnly() throws IOException {
        SigningKeys.signer(file);
        FileTime before = FileTime.fromMillis(0);
        Files.setLastModifiedTime(file.getParent(), before);

        SigningKeys.signer(file);

        assertThat(Files.getLastModifiedTime(file.getParent())).isEqualTo(before);
    }

    @Test
    void writesAMissingPublicFileFromThePrivateKey() throws IOException {
        SigningKeys.signer(file);
        byte[] before = Files.readAllBytes(SigningKeys.publicFile(file));
        Files.delete(SigningKeys.publicFile(file));
        SigningKeys.signer(file);

        assertThat(Files.readAllBytes(SigningKeys.publicFile(file))).isEqualTo(before);
    }

    @Test
    void refusesAPublicFileOfAnotherPairAndLeavesBothAlone() throws IOException {
        Path other = directory.resolve("other.pem");
        SigningKeys.signer(file);
        SigningKeys.signer(other);
        byte[] theirs = Files.readAllBytes(SigningKeys.publicFile(other));
        Files.write(SigningKeys.publicFile(file), theirs);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SigningKeys.signer(file))
                .withMessageContaining("is not the public key of the private key beside it");
        assertThat(Files.readAllBytes(SigningKeys.publicFile(file))).isEqualTo(theirs);
    }

    @Test
    void makesNoPrivateKeyBesideAPublicKeyWhosePrivateOneIsLost() throws IOException {
        SigningKeys.signer(file);
        Files.delete(file);

        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> SigningKeys.signer(file))
                .withMessageContaining("a public key is there whose private key is not");
        assertThat(file).doesNotExist();
    }

    @Test
    void generatesNothingWhereAKeyIs() throws IOException {
        SigningKeys.generate(file);
        byte[] before = Files.readAllBytes(file);

        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> SigningKeys.generate(file));
        Files.delete(SigningKeys.publicFile(file));
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> SigningKeys.generate(file));
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void manyWhoStartAtOnceSignWithOneKey() throws Exception {
        int many = 16;
        for (int round = 0; round < 10; round++) {
            Path shared = directory.resolve("round-" + round).resolve("key.pem");
            CyclicBarrier together = new CyclicBarrier(many);
            Callable<SignedEnvelope> start = () -> {
                together.await();
                return SigningKeys.signer(shared).sign(TYPE, new byte[] {7});
            };
            try (ExecutorService threads = Executors.newFixedThreadPool(many)) {
                List<Future<SignedEnvelope>> signed =
                        Stream.generate(() -> threads.submit(start)).limit(many).toList();
                for (Future<SignedEnvelope> each : signed) {
                    assertThat(each.get()).isEqualTo(signed.getFirst().get());
                }
            }
            assertThat(filesIn(shared.getParent())).hasSize(2);
        }
    }

    @Test
    void trustsEachOfSeveralPublicKeysAndNoOther() {
        Path old = directory.resolve("old.pem");
        Path foreign = directory.resolve("foreign.pem");
        SignedEnvelope byOld = SigningKeys.signer(old).sign(TYPE, new byte[1]);
        SignedEnvelope byNew = SigningKeys.signer(file).sign(TYPE, new byte[1]);
        SignedEnvelope byForeign = SigningKeys.signer(foreign).sign(TYPE, new byte[1]);
        EnvelopeVerifier both =
                SigningKeys.verifier(List.of(SigningKeys.publicFile(old), SigningKeys.publicFile(file)));

        assertThat(both.verify(byOld, TYPE)).isEqualTo(both.verify(byNew, TYPE));
        assertThatExceptionOfType(UntrustedEnvelopeException.class).isThrownBy(() -> both.verify(byForeign, TYPE));
    }

    @Test
    void refusesFilesThatHoldSomethingElse() throws IOException {
        SigningKeys.signer(file);
        String privateKey = Files.readString(file);
        Path wrong = directory.resolve("wrong.pem");
        for (String content : List.of(
                "",
                "nonsense",
                privateKey.replace("PRIVATE", "PUBLIC"),
                privateKey.substring(0, privateKey.length() / 2),
                privateKey.replaceFirst("\n[A-Za-z0-9+/]{8}", "\n????????"),
                "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
                Files.readString(SigningKeys.publicFile(file)).replace("PUBLIC", "PRIVATE"))) {
            Files.writeString(wrong, content);

            assertThatIllegalArgumentException()
                    .as(content)
                    .isThrownBy(() -> SigningKeys.signer(wrong))
                    .withMessageContaining("wrong.pem");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SigningKeys.verifier(List.of(file)))
                .withMessageContaining("is not a PEM file of a PUBLIC KEY");
    }

    @Test
    void namesTheFileThatCannotBeRead() {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> SigningKeys.verifier(List.of(directory.resolve("missing.pub"))))
                .withMessageContaining("missing.pub");
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> SigningKeys.signer(directory))
                .withMessageContaining(directory.toString());
    }

    @Test
    void theKeyIdIsThatOfThePublicKey() throws IOException {
        String inEnvelope = SigningKeys.signer(file).sign(TYPE, new byte[0]).keyId();
        byte[] x509 = PemFile.read(SigningKeys.publicFile(file), "PUBLIC KEY");

        assertThat(inEnvelope)
                .matches("[0-9a-f]{16}")
                .isEqualTo(Digests.sha256Hex(x509).substring(0, 16));
    }

    private static EnvelopeVerifier verifier(Path privateKeyFile) {
        return SigningKeys.verifier(List.of(SigningKeys.publicFile(privateKeyFile)));
    }

    private static String modeOf(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
