package io.aegisflux.segmentation.agent;

import io.aegisflux.segmentation.agent.domain.DomainFixtures;
import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.EnvelopeSigner;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.ObjectRef;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.nats.VerifiedObjects;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.ObjectMeta;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Stands where policy-service and builder-service stand, over a real broker: signs, publishes, stores, listens. */
final class ControlPlaneDouble implements AutoCloseable {
    static final String ARCHITECTURE = "x86_64";

    final Bus bus;
    final EnvelopeSigner policyKey;
    final EnvelopeSigner artifactKey;
    private final VerifiedObjects objects;

    ControlPlaneDouble(Bus bus, Path keys) {
        this.bus = bus;
        this.policyKey = DomainFixtures.signer(keys, "policy");
        this.artifactKey = DomainFixtures.signer(keys, "artifact");
        this.objects = new VerifiedObjects(bus);
        Stream.of(
                        Streams.DESIRED,
                        Streams.EVENTS,
                        Streams.FLOWS,
                        Streams.METRICS,
                        Streams.SYSTEM,
                        Streams.POLICY_UPDATES,
                        Streams.BUILD_REQUESTS)
                .forEach(stream -> StreamCatalog.ensure(bus, stream));
        StreamCatalog.ensureBucket(bus, Streams.ARTIFACTS_BUCKET);
        StreamCatalog.ensureBucket(bus, Streams.RULE_TABLES_BUCKET);
    }

    /** Signs and publishes what a host must enforce. */
    void desire(HostId host, long epoch, long revision, RuleTable table, String artifact) {
        publish(host, DomainFixtures.sealed(policyKey, DomainFixtures.state(host, epoch, revision, table, artifact)));
    }

    /** As {@link #desire}, with the table in an object. */
    ObjectRef desireByObject(HostId host, long revision, RuleTable table, String artifact) {
        ObjectRef object = objects.put(Streams.RULE_TABLES_BUCKET, Wire.write(table), Map.of());
        publish(
                host,
                DomainFixtures.sealed(
                        policyKey,
                        new DesiredState(host, 1, revision, null, object, object.name(), artifact, Instant.EPOCH)));
        return object;
    }

    void publish(HostId host, byte[] message) {
        bus.publish(Subjects.desired(host), message, null);
    }

    /** Stores an artifact with a manifest that is signed as it should be. */
    String build(byte[] content) {
        return store(content, content, manifest(content, ARCHITECTURE, artifactKey));
    }

    String manifest(byte[] content, String architecture, EnvelopeSigner signer) {
        return manifest(
                new ObjectRef(Digests.sha256Hex(content), content.length),
                architecture,
                signer,
                SignedEnvelope.ARTIFACT_MANIFEST);
    }

    static String manifest(ObjectRef object, String architecture, EnvelopeSigner signer, String type) {
        ArtifactManifest manifest = new ArtifactManifest(
                new BuildSpec("datapath", "default", architecture, "test"),
                object,
                1,
                "a".repeat(64),
                "b".repeat(64),
                Map.of("clang", "14"),
                List.of(),
                List.of(),
                Map.of(),
                Instant.EPOCH);
        return Base64.getEncoder().encodeToString(Wire.write(signer.sign(type, Wire.write(manifest))));
    }

    /** Stores bytes under the digest of others, which a sound builder never does. */
    String store(byte[] named, byte[] content, String manifest) {
        String digest = Digests.sha256Hex(named);
        ObjectMeta meta = ObjectMeta.builder(digest)
                .metadata(Map.of("manifest", manifest))
                .build();
        try {
            bus.connection().objectStore(Streams.ARTIFACTS_BUCKET).put(meta, new ByteArrayInputStream(content));
        } catch (IOException | JetStreamApiException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        return digest;
    }

    /** As {@link #read}, however many there are. */
    <T> List<T> readAll(String stream, String subject, Class<T> type) {
        return read(stream, subject, type, 20_000);
    }

    /** What was published on a subject so far, the first few hundred. */
    <T> List<T> read(String stream, String subject, Class<T> type) {
        return read(stream, subject, type, 500);
    }

    private <T> List<T> read(String stream, String subject, Class<T> type, int most) {
        try {
            JetStreamSubscription subscription = bus.connection()
                    .jetStream()
                    .subscribe(
                            subject,
                            PullSubscribeOptions.builder().stream(stream)
                                    .configuration(ConsumerConfiguration.builder()
                                            .deliverPolicy(DeliverPolicy.All)
                                            .inactiveThreshold(Duration.ofSeconds(5))
                                            .build())
                                    .build());
            List<T> messages = new ArrayList<>();
            List<Message> batch;
            do {
                batch = subscription.fetch(500, Duration.ofMillis(150));
                for (Message message : batch) {
                    messages.add(Wire.read(message.getData(), type));
                    message.ack();
                }
            } while (messages.size() < most && !batch.isEmpty());
            subscription.unsubscribe();
            return messages;
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        bus.close();
    }
}
