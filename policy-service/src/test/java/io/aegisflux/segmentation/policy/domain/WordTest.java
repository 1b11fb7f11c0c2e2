package io.aegisflux.segmentation.policy.domain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.EnvelopeSigner;
import io.aegisflux.segmentation.contracts.EnvelopeVerifier;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.SigningKeys;
import io.aegisflux.segmentation.contracts.Wire;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordTest {
    private static final HostId HOST = new HostId("host-a");
    private static final Position POSITION = new Position(1, 2, 3, 4, 5);

    @TempDir
    Path keys;

    private EnvelopeSigner ours;
    private EnvelopeVerifier verifier;

    @BeforeEach
    void makeAKey() {
        ours = SigningKeys.signer(keys.resolve("policy.pem"));
        verifier = SigningKeys.verifier(List.of(keys.resolve("policy.pem.pub")));
    }

    @Test
    void whatWeSignedForThisHostIsOurs() {
        DesiredState state = state(HOST);
        assertThat(read(envelope(ours, SignedEnvelope.DESIRED_STATE, state)))
                .isEqualTo(new Word.Own(new DesiredRecord(2, 5, state.tableDigest(), null, POSITION, 9)));
    }

    @Test
    void whatWeSignedForAnotherHostIsForeignHere() {
        isForeign(envelope(ours, SignedEnvelope.DESIRED_STATE, state(new HostId("host-b"))), "said to host-b");
    }

    @Test
    void whatAnotherKeySignedIsForeign() {
        EnvelopeSigner other = SigningKeys.signer(keys.resolve("other.pem"));
        isForeign(envelope(other, SignedEnvelope.DESIRED_STATE, state(HOST)), "not trusted here");
    }

    @Test
    void whatWasSignedForAnotherPurposeIsForeign() {
        isForeign(envelope(ours, SignedEnvelope.ARTIFACT_MANIFEST, state(HOST)), "payload type");
    }

    @Test
    void aSignatureOverOtherBytesIsForeign() {
        SignedEnvelope envelope = ours.sign(SignedEnvelope.DESIRED_STATE, Wire.write(state(HOST)));
        byte[] payload = envelope.payload().clone();
        payload[payload.length / 2] ^= 1;
        isForeign(
                Wire.write(new SignedEnvelope(envelope.payloadType(), payload, envelope.keyId(), envelope.signature())),
                "signature");
    }

    @Test
    void anAcknowledgementThatTheBrokerWasMadeToWriteIsForeign() {
        isForeign("{\"stream\":\"SEGMENTATION_METRICS\",\"seq\":4}".getBytes(UTF_8), "SignedEnvelope");
        isForeign(new byte[0], "SignedEnvelope");
    }

    private void isForeign(byte[] message, String reason) {
        assertThat(read(message)).isInstanceOfSatisfying(Word.Foreign.class, foreign -> {
            assertThat(foreign.reason()).contains(reason);
            assertThat(foreign.streamSequence()).isEqualTo(9);
        });
    }

    private Word read(byte[] message) {
        return Word.read(HOST, message, verifier, POSITION, 9);
    }

    private static byte[] envelope(EnvelopeSigner signer, String type, DesiredState state) {
        return Wire.write(signer.sign(type, Wire.write(state)));
    }

    private static DesiredState state(HostId host) {
        return new DesiredState(
                host,
                2,
                5,
                RuleTable.EMPTY,
                null,
                Digests.sha256Hex(Wire.write(RuleTable.EMPTY)),
                null,
                Instant.parse("2026-11-25T10:00:00Z"));
    }
}
