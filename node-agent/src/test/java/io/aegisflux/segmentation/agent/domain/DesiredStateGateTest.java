package io.aegisflux.segmentation.agent.domain;

import static io.aegisflux.segmentation.agent.domain.DomainFixtures.publicKey;
import static io.aegisflux.segmentation.agent.domain.DomainFixtures.sealed;
import static io.aegisflux.segmentation.agent.domain.DomainFixtures.signer;
import static io.aegisflux.segmentation.agent.domain.DomainFixtures.state;
import static io.aegisflux.segmentation.agent.domain.DomainFixtures.table;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.EnvelopeSigner;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.SigningKeys;
import io.aegisflux.segmentation.contracts.Wire;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DesiredStateGateTest {
    private static final HostId HOST = new HostId("web-1");
    private static final String ARTIFACT = "a".repeat(64);

    @TempDir
    Path keys;

    private EnvelopeSigner policyKey;
    private DesiredStateGate gate;

    @BeforeEach
    void trustOnePolicyKey() {
        policyKey = signer(keys, "policy");
        gate = new DesiredStateGate(HOST, SigningKeys.verifier(List.of(publicKey(keys, "policy"))));
    }

    private static RefusalCode refusal(GateVerdict verdict) {
        assertThat(verdict).isInstanceOf(GateVerdict.Refused.class);
        return ((GateVerdict.Refused) verdict).refusal().code();
    }

    private static Optional<HighWaterMark> accepted(DesiredState state) {
        return Optional.of(HighWaterMark.of(state));
    }

    @Test
    void acceptsTheFirstStateOfThisHost() {
        DesiredState first = state(HOST, 1, 1, table("a"), ARTIFACT);
        assertThat(gate.judge(sealed(policyKey, first), Optional.empty())).isEqualTo(new GateVerdict.Accepted(first));
    }

    @Test
    void acceptsAHigherRevisionAndAHigherEpochWithALowerRevision() {
        DesiredState before = state(HOST, 1, 7, table("a"), ARTIFACT);
        assertThat(gate.judge(sealed(policyKey, state(HOST, 1, 8, table("b"), ARTIFACT)), accepted(before)))
                .isInstanceOf(GateVerdict.Accepted.class);
        assertThat(gate.judge(sealed(policyKey, state(HOST, 2, 1, table("b"), ARTIFACT)), accepted(before)))
                .isInstanceOf(GateVerdict.Accepted.class);
    }

    @Test
    void knowsTheStateItAcceptedLast() {
        DesiredState before = state(HOST, 1, 7, table("a"), ARTIFACT);
        assertThat(gate.judge(sealed(policyKey, before), accepted(before)))
                .isEqualTo(new GateVerdict.Unchanged(before));
    }

    @Test
    void refusesAStateForAnotherHost() {
        byte[] foreign = sealed(policyKey, state(new HostId("web-2"), 1, 1, table("a"), ARTIFACT));
        assertThat(refusal(gate.judge(foreign, Optional.empty()))).isEqualTo(RefusalCode.FOREIGN_HOST);
    }

    @Test
    void refusesALowerRevisionAndALowerEpoch() {
        DesiredState before = state(HOST, 2, 7, table("a"), ARTIFACT);
        assertThat(refusal(gate.judge(sealed(policyKey, state(HOST, 2, 6, table("b"), ARTIFACT)), accepted(before))))
                .isEqualTo(RefusalCode.STALE);
        assertThat(refusal(gate.judge(sealed(policyKey, state(HOST, 1, 99, table("b"), ARTIFACT)), accepted(before))))
                .isEqualTo(RefusalCode.STALE);
    }

    @Test
    void raisesTheAlarmWhenARevisionComesBackWithAnotherTableOrArtifact() {
        DesiredState before = state(HOST, 1, 7, table("a"), ARTIFACT);
        assertThat(refusal(gate.judge(sealed(policyKey, state(HOST, 1, 7, table("b"), ARTIFACT)), accepted(before))))
                .isEqualTo(RefusalCode.EQUIVOCATION);
        assertThat(refusal(gate.judge(
                        sealed(policyKey, state(HOST, 1, 7, table("a"), "b".repeat(64))), accepted(before))))
                .isEqualTo(RefusalCode.EQUIVOCATION);
    }

    @Test
    void refusesAKeyItDoesNotTrust() {
        byte[] stranger = sealed(signer(keys, "stranger"), state(HOST, 1, 1, table("a"), ARTIFACT));
        assertThat(refusal(gate.judge(stranger, Optional.empty()))).isEqualTo(RefusalCode.UNTRUSTED);
    }

    @Test
    void refusesASignatureOverOtherBytes() {
        SignedEnvelope good =
                policyKey.sign(SignedEnvelope.DESIRED_STATE, Wire.write(state(HOST, 1, 1, table("a"), ARTIFACT)));
        byte[] other = Wire.write(state(HOST, 1, 2, table("b"), ARTIFACT));
        byte[] forged = Wire.write(new SignedEnvelope(good.payloadType(), other, good.keyId(), good.signature()));
        assertThat(refusal(gate.judge(forged, Optional.empty()))).isEqualTo(RefusalCode.UNTRUSTED);
    }

    @Test
    void refusesAStateThatWasSignedAsAnotherKindOfThing() {
        byte[] payload = Wire.write(state(HOST, 1, 1, table("a"), ARTIFACT));
        byte[] asManifest = Wire.write(policyKey.sign(SignedEnvelope.ARTIFACT_MANIFEST, payload));
        assertThat(refusal(gate.judge(asManifest, Optional.empty()))).isEqualTo(RefusalCode.UNTRUSTED);
        SignedEnvelope manifest = policyKey.sign(SignedEnvelope.ARTIFACT_MANIFEST, payload);
        byte[] relabelled = Wire.write(new SignedEnvelope(
                SignedEnvelope.DESIRED_STATE, manifest.payload(), manifest.keyId(), manifest.signature()));
        assertThat(refusal(gate.judge(relabelled, Optional.empty()))).isEqualTo(RefusalCode.UNTRUSTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{}",
                "[]",
                "{\"stream\":\"SEGMENTATION_DESIRED\",\"seq\":4}",
                "{\"payload_type\":1,\"payload\":\"x\",\"key_id\":[],\"signature\":{}}"
            })
    void refusesWhatIsNoEnvelope(String text) {
        assertThat(refusal(gate.judge(text.getBytes(UTF_8), Optional.empty()))).isEqualTo(RefusalCode.MALFORMED);
    }

    @Test
    void refusesASignedPayloadThatIsNoState() {
        byte[] nonsense =
                Wire.write(policyKey.sign(SignedEnvelope.DESIRED_STATE, "{\"host_id\":\"web-1\"}".getBytes(UTF_8)));
        assertThat(refusal(gate.judge(nonsense, Optional.empty()))).isEqualTo(RefusalCode.MALFORMED);
    }

    @Test
    void refusesAnArtifactWhoseNameWouldLeaveItsDirectory() {
        String state = new String(Wire.write(state(HOST, 1, 1, table("a"), ARTIFACT)), UTF_8);
        byte[] escaping = state.replace(ARTIFACT, "../../etc/passwd").getBytes(UTF_8);
        assertThat(refusal(gate.judge(
                        Wire.write(policyKey.sign(SignedEnvelope.DESIRED_STATE, escaping)), Optional.empty())))
                .isEqualTo(RefusalCode.MALFORMED);
    }

    @Test
    void doesNotLookAtMoreThanAMebibyte() {
        assertThat(refusal(gate.judge(new byte[DesiredStateGate.MAX_MESSAGE_BYTES + 1], Optional.empty())))
                .isEqualTo(RefusalCode.OVERSIZE);
    }

    @Test
    void countsTheHigherOfTheMarksOnDiskAndInTheKernel() {
        HighWaterMark disk = new HighWaterMark(1, 5, "d".repeat(64), ARTIFACT);
        TableIdentity kernel = new TableIdentity(1, 6, "e".repeat(64));
        assertThat(HighWaterMark.highest(Optional.of(disk), Optional.of(kernel)))
                .contains(HighWaterMark.of(kernel));
        assertThat(HighWaterMark.highest(Optional.of(disk), Optional.of(new TableIdentity(1, 4, "e".repeat(64)))))
                .contains(disk);
        assertThat(HighWaterMark.highest(Optional.of(disk), Optional.of(new TableIdentity(1, 5, "d".repeat(64)))))
                .contains(disk);
        assertThat(HighWaterMark.highest(Optional.empty(), Optional.of(kernel))).contains(HighWaterMark.of(kernel));
        assertThat(HighWaterMark.highest(Optional.empty(), Optional.empty())).isEmpty();
    }

    @Test
    void takesAStateWhoseTableHasTheSignedDigestOnly() throws RefusedException {
        DesiredState good = state(HOST, 1, 1, table("a"), ARTIFACT);
        assertThat(TableGate.inline(good)).isEqualTo(table("a"));
        DesiredState bad = new DesiredState(HOST, 1, 1, table("b"), null, good.tableDigest(), ARTIFACT, Instant.EPOCH);
        assertThatThrownBy(() -> TableGate.inline(bad))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(good.tableDigest());
    }
}
