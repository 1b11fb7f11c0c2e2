package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.nats.client.JetStreamApiException;
import io.nats.client.StreamContext;
import io.nats.client.api.MessageInfo;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Optional;

/** Earlier versions, out of the store. */
@ApplicationScoped
public class VersionHistory {
    private static final int NO_MESSAGE = 10037;

    private final Bus bus;

    @Inject
    public VersionHistory(Bus bus) {
        this.bus = bus;
    }

    /** Empty when the store has no such version (any more). */
    Optional<StoredPolicy> version(PolicyId policy, long version) {
        try {
            StreamContext stream = bus.connection().getStreamContext(Streams.POLICY_STORE);
            long from = 0;
            while (true) {
                MessageInfo message = stream.getNextMessage(from, Subjects.policyStore(policy));
                StoredPolicy stored = Wire.read(message.getData(), StoredPolicy.class);
                if (stored.version() == version) {
                    return Optional.of(stored);
                }
                from = message.getSeq() + 1;
            }
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == NO_MESSAGE || e.getErrorCode() == 404) {
                return Optional.empty();
            }
            throw new BusException("cannot read the store of " + policy, e);
        } catch (IOException e) {
            throw new BusException("cannot read the store of " + policy, e);
        }
    }
}
