package io.aegisflux.segmentation.agent.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.EnvelopeVerifier;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.UntrustedEnvelopeException;
import io.aegisflux.segmentation.contracts.Wire;
import java.util.Optional;

/**
 * Decides whether a message may change what this host enforces. The broker is not believed: rights on subjects do not
 * stop a client from making the server write into another host's subject (RELIABILITY.md §0.2), so what counts is the
 * signature, and that what was signed is for this host, of this kind and newer than all before.
 */
public final class DesiredStateGate {
    /** The largest message that is looked at, in bytes: the broker's default limit. */
    public static final int MAX_MESSAGE_BYTES = 1024 * 1024;

    private final HostId host;
    private final EnvelopeVerifier verifier;

    /**
     * @param host the only host whose states pass
     * @param verifier trusts the policy keys
     */
    public DesiredStateGate(HostId host, EnvelopeVerifier verifier) {
        this.host = requireNonNull(host, "host is null");
        this.verifier = requireNonNull(verifier, "verifier is null");
    }

    /**
     * @param message the bytes of a {@link SignedEnvelope}
     * @param accepted the highest state accepted before; empty on a first boot
     */
    public GateVerdict judge(byte[] message, Optional<HighWaterMark> accepted) {
        try {
            DesiredState state = proven(message);
            return accepted.map(mark -> compare(state, mark)).orElseGet(() -> new GateVerdict.Accepted(state));
        } catch (RefusedException e) {
            return new GateVerdict.Refused(e.refusal());
        }
    }

    private DesiredState proven(byte[] message) throws RefusedException {
        if (message.length > MAX_MESSAGE_BYTES) {
            throw new RefusedException(
                    RefusalCode.OVERSIZE,
                    "the envelope has %d bytes, at most %d are looked at".formatted(message.length, MAX_MESSAGE_BYTES));
        }
        DesiredState state;
        try {
            SignedEnvelope envelope = Wire.read(message, SignedEnvelope.class);
            state = Wire.read(verifier.verify(envelope, SignedEnvelope.DESIRED_STATE), DesiredState.class);
        } catch (UntrustedEnvelopeException e) {
            throw new RefusedException(RefusalCode.UNTRUSTED, e.getMessage());
        } catch (MalformedMessageException e) {
            throw new RefusedException(RefusalCode.MALFORMED, firstLine(e.getMessage()));
        }
        if (!state.hostId().equals(host)) {
            throw new RefusedException(
                    RefusalCode.FOREIGN_HOST,
                    "the envelope is for host %s, this is %s".formatted(state.hostId(), host));
        }
        return state;
    }

    private static GateVerdict compare(DesiredState state, HighWaterMark accepted) {
        HighWaterMark candidate = HighWaterMark.of(state);
        if (candidate.isAbove(accepted)) {
            return new GateVerdict.Accepted(state);
        }
        String figures = "epoch %d revision %d".formatted(state.epoch(), state.revision());
        if (accepted.isAbove(candidate)) {
            return new GateVerdict.Refused(new Refusal(
                    RefusalCode.STALE,
                    "%s is below epoch %d revision %d, which was accepted before"
                            .formatted(figures, accepted.epoch(), accepted.revision())));
        }
        if (!candidate.hasSameContentAs(accepted)) {
            return new GateVerdict.Refused(new Refusal(
                    RefusalCode.EQUIVOCATION,
                    "%s was accepted with table %s and artifact %s, and now comes with table %s and artifact %s"
                            .formatted(
                                    figures,
                                    accepted.tableDigest(),
                                    accepted.artifact(),
                                    state.tableDigest(),
                                    state.artifact())));
        }
        return new GateVerdict.Unchanged(state);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
