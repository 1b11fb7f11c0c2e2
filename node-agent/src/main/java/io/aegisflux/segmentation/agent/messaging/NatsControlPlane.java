package io.aegisflux.segmentation.agent.messaging;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.ControlPlane;
import io.aegisflux.segmentation.agent.domain.RefusalCode;
import io.aegisflux.segmentation.agent.domain.RefusedException;
import io.aegisflux.segmentation.agent.domain.UnreachableException;
import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.ObjectRef;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.StoredMessage;
import java.util.Optional;

/** The control plane over NATS: direct get of the desired state, objects by digest. */
public final class NatsControlPlane implements ControlPlane {

    private final BusLink bus;
    private final String subject;

    public NatsControlPlane(HostId host, BusLink bus) {
        this.bus = requireNonNull(bus, "bus is null");
        this.subject = Subjects.desired(host);
    }

    @Override
    public boolean isReachable() {
        return bus.isConnected();
    }

    @Override
    public void requireAnswer() throws UnreachableException {
        try {
            bus.requireAnswer();
        } catch (BusException e) {
            throw new UnreachableException(e.getMessage(), e);
        }
    }

    @Override
    public Optional<byte[]> desiredState() throws UnreachableException {
        try {
            return bus.last(Streams.DESIRED, subject)
                    .map(StoredMessage::data)
                    .map(data -> data == null ? new byte[0] : data);
        } catch (BusException e) {
            throw new UnreachableException(e.getMessage(), e);
        }
    }

    @Override
    public byte[] table(ObjectRef object) throws UnreachableException, RefusedException {
        return get(Streams.RULE_TABLES_BUCKET, object, RefusalCode.TABLE_UNUSABLE);
    }

    @Override
    public String manifest(String digest) throws UnreachableException, RefusedException {
        String manifest;
        try {
            manifest = bus.metadata(Streams.ARTIFACTS_BUCKET, digest).get(ArtifactManifest.METADATA_KEY);
        } catch (BusException e) {
            throw unreachableOrRefused(e, RefusalCode.ARTIFACT_UNUSABLE);
        }
        if (manifest == null) {
            throw new RefusedException(
                    RefusalCode.ARTIFACT_UNUSABLE,
                    "artifact %s is not in %s, or without its manifest".formatted(digest, Streams.ARTIFACTS_BUCKET));
        }
        return manifest;
    }

    @Override
    public byte[] artifact(ObjectRef object) throws UnreachableException, RefusedException {
        return get(Streams.ARTIFACTS_BUCKET, object, RefusalCode.ARTIFACT_UNUSABLE);
    }

    private byte[] get(String bucket, ObjectRef object, RefusalCode code)
            throws UnreachableException, RefusedException {
        try {
            return bus.object(bucket, object);
        } catch (BusException e) {
            throw unreachableOrRefused(e, code);
        }
    }

    /** With the broker there, five failed attempts are the object's fault; without it they are nobody's. */
    private RefusedException unreachableOrRefused(BusException e, RefusalCode code) throws UnreachableException {
        if (!bus.isConnected()) {
            throw new UnreachableException(e.getMessage(), e);
        }
        return new RefusedException(code, e.getMessage());
    }
}
