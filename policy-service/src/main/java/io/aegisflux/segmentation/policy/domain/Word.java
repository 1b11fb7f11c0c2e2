package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.EnvelopeVerifier;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.UntrustedEnvelopeException;
import io.aegisflux.segmentation.contracts.Wire;

/**
 * A message on a host's subject. Rights on subjects do not say who wrote it: a client can make the broker write there
 * (RELIABILITY.md §0.2). The signature does.
 */
public sealed interface Word {
    /** Its sequence in the stream. */
    long streamSequence();

    /** Said by a policy-service with our key, to this host. */
    record Own(DesiredRecord said) implements Word {
        @Override
        public long streamSequence() {
            return said.streamSequence();
        }
    }

    /** Anything else. */
    record Foreign(long streamSequence, String reason) implements Word {
        public Foreign {
            requireNonNull(reason, "reason is null");
        }
    }

    /**
     * Reads one.
     *
     * @param host whose subject it is
     * @param verifier trusts our own key alone
     * @param position as the message's header tells it
     */
    static Word read(HostId host, byte[] message, EnvelopeVerifier verifier, Position position, long streamSequence) {
        try {
            SignedEnvelope envelope = Wire.read(message, SignedEnvelope.class);
            DesiredState state = Wire.read(verifier.verify(envelope, SignedEnvelope.DESIRED_STATE), DesiredState.class);
            return state.hostId().equals(host)
                    ? new Own(new DesiredRecord(
                            state.epoch(),
                            state.revision(),
                            state.tableDigest(),
                            state.artifact(),
                            position,
                            streamSequence))
                    : new Foreign(streamSequence, "it was said to " + state.hostId());
        } catch (MalformedMessageException | UntrustedEnvelopeException e) {
            return new Foreign(streamSequence, e.getMessage());
        }
    }
}
