package io.aegisflux.segmentation.nats;

import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.CompressionOption;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.Republish;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.SubjectTransform;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The configuration of every stream and bucket, in one place. Whoever needs one makes sure of it at its start; all
 * instances ask for the same, so their order does not matter.
 */
public final class StreamCatalog {
    private static final int STREAM_NAME_IN_USE = 10058;
    private static final int HEADERS = 1024;
    private static final long MIB = 1024L * 1024;

    private static final Map<String, UnaryOperator<StreamConfiguration.Builder>> STREAMS = Map.ofEntries(
            Map.entry(
                    Streams.POLICIES,
                    stream -> stream.subjects(Subjects.each(Subjects.POLICIES))
                            .noAck(true) // policy-service answers a publish that asks: with the version, or the refusal
                            .maxMessagesPerSubject(64)
                            .maxBytes(1024 * MIB)
                            .duplicateWindow(Duration.ofMinutes(2))),
            Map.entry(
                    Streams.POLICY_STORE,
                    // Without a limit: with one, whoever makes the broker write here (RELIABILITY.md §0.2) pushes
                    // versions out.
                    stream -> stream.subjects(Subjects.each(Subjects.POLICY_STORE))
                            .allowDirect(true)
                            .denyDelete(true)
                            .denyPurge(true)),
            Map.entry(
                    Streams.ROLLOUTS,
                    stream -> stream.subjects(Subjects.each(Subjects.ROLLOUTS))
                            .maxMessagesPerSubject(16)
                            .allowDirect(true)
                            .denyDelete(true)
                            .denyPurge(true)),
            Map.entry(
                    Streams.HOSTS,
                    stream -> stream.subjects(Subjects.each(Subjects.HOSTS))
                            .maxMessagesPerSubject(1)
                            .allowDirect(true)),
            Map.entry(
                    Streams.WORKLOADS,
                    stream -> stream.subjects(Subjects.each(Subjects.WORKLOADS))
                            .noAck(true) // policy-service answers, as for policies
                            .maxMessagesPerSubject(4) // what stood before a message that policy-service takes out
                            .maximumMessageSize(Wire.MAX_WORKLOAD_BYTES + HEADERS)
                            .maxMessages(40_000)
                            .maxBytes(512 * MIB)
                            .discardPolicy(DiscardPolicy.New)),
            Map.entry(
                    Streams.DESIRED,
                    stream -> stream.subjects(Subjects.each(Subjects.DESIRED))
                            .maxMessagesPerSubject(1)
                            .allowDirect(true)
                            .denyDelete(true)
                            .denyPurge(true)
                            .republish(Republish.builder()
                                    .source(Subjects.each(Subjects.DESIRED))
                                    .destination(Subjects.DOORBELL + "{{wildcard(1)}}")
                                    .headersOnly(true)
                                    .build())),
            Map.entry(
                    Streams.BUILD_REQUESTS,
                    stream -> stream.subjects(Subjects.BUILDS_REQUESTED)
                            .retentionPolicy(RetentionPolicy.WorkQueue)
                            .maxMessages(10_000)
                            .duplicateWindow(Duration.ofSeconds(10))),
            Map.entry(
                    Streams.BUILD_RESULTS,
                    stream -> stream.subjects(Subjects.BUILDS_COMPLETED, Subjects.BUILDS_FAILED)
                            .maxMessagesPerSubject(1_000)
                            .allowDirect(true)),
            Map.entry(
                    Streams.EVENTS,
                    stream -> byPartition(stream, Subjects.EVENTS)
                            .maximumMessageSize(16 * 1024) // an event has about one KiB, and many are read ahead
                            .allowAtomicPublish() // unknown to brokers below 2.12, which pass it over
                            .maxAge(Duration.ofHours(24))
                            .maxBytes(512 * MIB)),
            Map.entry(
                    Streams.FLOWS,
                    stream -> byPartition(stream, Subjects.FLOWS)
                            .maximumMessageSize(1024 * 1024)
                            .compressionOption(CompressionOption.S2) // rows of one host repeat each other
                            .maxAge(Duration.ofDays(7))
                            .maxBytes(1024 * MIB)),
            Map.entry(
                    Streams.METRICS,
                    stream -> stream.subjects(Subjects.each(Subjects.METRICS))
                            .storageType(StorageType.Memory)
                            .maxMessagesPerSubject(60)
                            .maxAge(Duration.ofHours(1))
                            .maxBytes(128 * MIB)
                            .allowDirect(true)),
            Map.entry(
                    Streams.SYSTEM,
                    stream -> stream.subjects(Subjects.each(Subjects.SYSTEM))
                            .maxAge(Duration.ofHours(72))
                            .maxMessagesPerSubject(10_000)
                            .maxBytes(256 * MIB)),
            Map.entry(
                    Streams.POLICY_UPDATES,
                    stream -> stream.subjects(Subjects.each(Subjects.POLICY_UPDATES))
                            .maxAge(Duration.ofHours(72))
                            .maxBytes(256 * MIB)),
            Map.entry(
                    Streams.TELEMETRY,
                    stream -> stream.subjects(Subjects.each(Subjects.TELEMETRY))
                            .storageType(StorageType.Memory)
                            .maxMessagesPerSubject(600)
                            .maxAge(Duration.ofMinutes(10))
                            .maxBytes(64 * MIB)
                            .allowDirect(true)),
            Map.entry(
                    Streams.PARTIALS,
                    stream -> stream.subjects(Subjects.each(Subjects.PARTIALS))
                            .allowDirect(true)
                            .maxAge(Duration.ofMinutes(20)) // longer than the live map looks back
                            .maxBytes(256 * MIB)),
            Map.entry(
                    Streams.LEASES,
                    stream -> stream.subjects(Subjects.each(Subjects.LEASES))
                            .storageType(StorageType.Memory)
                            .maxMessagesPerSubject(1)
                            .maxAge(Lease.DURATION)));

    private StreamCatalog() {}

    /** Holds what hosts publish behind their partition, so that each partition can be read by itself. */
    private static StreamConfiguration.Builder byPartition(StreamConfiguration.Builder stream, String prefix) {
        return stream.subjects(Subjects.each(prefix))
                .subjectTransform(SubjectTransform.builder()
                        .source(Subjects.each(prefix))
                        .destination("%s{{partition(%d,1)}}.{{wildcard(1)}}".formatted(prefix, Subjects.PARTITIONS))
                        .build());
    }

    /**
     * Makes sure that a stream is there with our configuration.
     *
     * @param stream a name of {@link Streams}
     * @throws BusException when the broker refuses, e.g. because the stream exists with a configuration that cannot be
     *     changed
     * @throws IllegalArgumentException when no such stream is known
     */
    public static void ensure(Bus bus, String stream) {
        UnaryOperator<StreamConfiguration.Builder> shape = STREAMS.get(stream);
        if (shape == null) {
            throw new IllegalArgumentException("no stream is called " + stream);
        }
        StreamConfiguration configuration = shape.apply(StreamConfiguration.builder()
                        .name(stream)
                        .storageType(StorageType.File)
                        .discardPolicy(DiscardPolicy.Old)
                        .replicas(bus.settings().replicas()))
                .build();
        try {
            JetStreamManagement management = bus.connection().jetStreamManagement();
            try {
                management.addStream(configuration);
            } catch (JetStreamApiException e) {
                if (e.getApiErrorCode() != STREAM_NAME_IN_USE) {
                    throw e;
                }
                management.updateStream(configuration);
            }
        } catch (IOException | JetStreamApiException e) {
            throw new BusException("cannot set up the stream %s: %s".formatted(stream, e.getMessage()), e);
        }
    }

    /**
     * Makes sure that an object store is there.
     *
     * @throws BusException when the broker refuses
     */
    public static void ensureBucket(Bus bus, String bucket) {
        try {
            var management = bus.connection().objectStoreManagement();
            if (!management.getBucketNames().contains(bucket)) {
                management.create(ObjectStoreConfiguration.builder(bucket)
                        .storageType(StorageType.File)
                        .replicas(bus.settings().replicas())
                        .build());
            }
        } catch (IOException | JetStreamApiException e) {
            throw new BusException("cannot set up the bucket %s: %s".formatted(bucket, e.getMessage()), e);
        }
    }
}
