package io.aegisflux.segmentation.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.EnvelopeVerifier;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.SigningKeys;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.UntrustedEnvelopeException;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import io.aegisflux.segmentation.harness.Directories;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsSettings;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.nats.SubjectLog;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A broker, packaged policy-services over it as processes, and what publishers and hosts do with them. */
final class PolicyBench implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final String SERVICE = "policy-service";

    final NatsServer nats;
    final Bus bus;
    final Path directory;
    private final Path logs;
    private final List<ServiceProcess> services = new ArrayList<>();

    private PolicyBench(NatsServer nats) {
        this.nats = nats;
        this.bus = Bus.connect(NatsSettings.of(nats.url(), "test"));
        try {
            this.directory = Files.createTempDirectory("segmentation-policy-");
            this.logs = Files.createDirectories(
                    Path.of("target", "service-logs", Long.toString(nats.pid()) + "-" + nats.port()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Stream.of(
                        Streams.POLICIES,
                        Streams.POLICY_STORE,
                        Streams.SYSTEM,
                        Streams.DESIRED,
                        Streams.METRICS,
                        Streams.POLICY_UPDATES,
                        Streams.HOSTS)
                .forEach(stream -> StreamCatalog.ensure(bus, stream));
    }

    /** A broker of its own, no service yet. */
    static PolicyBench start() {
        return over(NatsServer.start());
    }

    /** Over this broker, which is closed with it. */
    static PolicyBench over(NatsServer nats) {
        return new PolicyBench(nats);
    }

    /** Starts another instance and waits until it is ready. */
    ServiceProcess service() {
        return service(Map.of());
    }

    /** @param environment beside broker and key */
    ServiceProcess service(Map<String, String> environment) {
        ServiceProcess service = begin(environment);
        service.awaitReady(PATIENCE);
        return service;
    }

    /** Starts another instance and does not wait. */
    ServiceProcess begin(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(Map.of("NATS_URL", nats.url(), "POLICY_SIGNING_KEY", key().toString()));
        all.putAll(environment);
        ServiceProcess service =
                ServiceProcess.start(SERVICE, all, logs.resolve("service-%d.log".formatted(services.size())));
        services.add(service);
        return service;
    }

    /** Where the policy key lies; its public half beside it. */
    Path key() {
        return directory.resolve("policy.pem");
    }

    /** Publishes as {@code nats pub} does. */
    void publish(String policy, byte[] body) {
        bus.publishCore(Subjects.POLICIES + policy, body);
    }

    /** Publishes as {@code nats req} does. */
    Message request(String policy, byte[] body) {
        return request(policy, body, new Headers());
    }

    /** As above, expecting this to be the latest version. */
    Message request(String policy, byte[] body, long expected) {
        return request(policy, body, new Headers().add(PublishHeaders.EXPECTED_VERSION, Long.toString(expected)));
    }

    /** As above, staged. */
    Message stage(String policy, byte[] body, String canary, String rollout) {
        return request(
                policy, body, new Headers().add(PublishHeaders.CANARY, canary).add(PublishHeaders.ROLLOUT, rollout));
    }

    /** As {@link #request(String, byte[])}, with these headers. */
    Message request(String policy, byte[] body, Headers headers) {
        try {
            Message reply = bus.connection().request(Subjects.POLICIES + policy, headers, body, Duration.ofSeconds(15));
            assertThat(reply).as("the answer to a publish of " + policy).isNotNull();
            return reply;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Reports as an agent does. */
    void report(CapabilityReport report) {
        SystemEvent event = new SystemEvent(
                report.hostId().value(),
                SystemEvent.CAPABILITY_REPORT,
                "probe",
                "a test's",
                "info",
                Instant.now(),
                Map.of("report", report));
        bus.publish(Subjects.system(report.hostId()), Wire.write(event), null);
    }

    /** Every readable version in the store, oldest first. */
    List<StoredPolicy> versions(String policy) {
        return all(Streams.POLICY_STORE, Subjects.policyStore(new PolicyId(policy))).stream()
                .filter(message -> new String(message.data()).startsWith("{\"policy_id\""))
                .map(message -> Wire.read(message.data(), StoredPolicy.class))
                .toList();
    }

    Optional<StoredPolicy> latest(String policy) {
        List<StoredPolicy> versions = versions(policy);
        return versions.isEmpty() ? Optional.empty() : Optional.of(versions.getLast());
    }

    /** Waits for a version of a policy and returns it. */
    StoredPolicy awaitVersion(String policy, long version) {
        return await().atMost(PATIENCE)
                .until(
                        () -> latest(policy),
                        stored -> stored.isPresent() && stored.get().version() >= version)
                .orElseThrow();
    }

    /**
     * Checks that the store holds these versions of a policy, counted from 1, and no others.
     *
     * @param digests of their documents, as {@link StreamReading} has them
     * @return the last
     */
    StoredPolicy holdsExactly(String policy, List<String> digests) {
        List<StoredPolicy> versions = versions(policy);
        assertThat(versions)
                .extracting(it -> it.isDeleted() ? StreamReading.DELETED : it.digest())
                .as("versions of " + policy)
                .isEqualTo(digests);
        for (int i = 0; i < versions.size(); i++) {
            assertThat(versions.get(i).version()).isEqualTo(i + 1);
        }
        return versions.getLast();
    }

    /** What a host was told last, proven with the public key; empty when that is nothing of ours. */
    Optional<DesiredState> desired(String host) {
        EnvelopeVerifier verifier = SigningKeys.verifier(List.of(SigningKeys.publicFile(key())));
        return new SubjectLog(bus, Streams.DESIRED)
                .newest(Subjects.desired(new HostId(host)))
                .flatMap(message -> proven(message.data(), verifier));
    }

    private static Optional<DesiredState> proven(byte[] message, EnvelopeVerifier verifier) {
        try {
            SignedEnvelope envelope = Wire.read(message, SignedEnvelope.class);
            return Optional.of(Wire.read(verifier.verify(envelope, SignedEnvelope.DESIRED_STATE), DesiredState.class));
        } catch (MalformedMessageException | UntrustedEnvelopeException e) {
            return Optional.empty();
        }
    }

    /** Waits until what the host was told is so. */
    DesiredState awaitDesired(String host, Predicate<DesiredState> so) {
        return await().atMost(PATIENCE)
                .until(() -> desired(host), state -> state.isPresent() && so.test(state.get()))
                .orElseThrow();
    }

    /** Waits until a host was told of this version of a policy. */
    DesiredState awaitTold(String host, String policy, long version) {
        return awaitDesired(
                host,
                state -> state.table() != null
                        && state.table().policies().stream()
                                .anyMatch(it -> it.id().value().equals(policy) && it.version() == version));
    }

    /** What the host's table should be, lowered from the store by the engine alone. */
    RuleTable lowered(CapabilityReport host, List<StoredPolicy> latest, List<CapabilityReport> hosts) {
        List<VersionedPolicy> policies = latest.stream()
                .filter(stored -> !stored.isDeleted())
                .map(stored -> new VersionedPolicy(
                        ((ParseResult.Accepted) PolicyParser.parse(Wire.write(stored.document()), stored.policyId()))
                                .policy(),
                        stored.version(),
                        stored.digest()))
                .toList();
        return Lowering.lower(
                policies,
                new HostView(host.hostId(), host.labels(), host.posture()),
                hosts.stream().flatMap(it -> it.workloads().stream()).toList());
    }

    /** What the service said of this type, oldest first. */
    List<SystemEvent> events(String type) {
        return all(Streams.SYSTEM, Subjects.systemOfService(SERVICE)).stream()
                .map(message -> Wire.read(message.data(), SystemEvent.class))
                .filter(event -> event.eventType().equals(type))
                .toList();
    }

    /** The messages of a subject, oldest first. */
    List<StoredMessage> all(String stream, String subject) {
        SubjectLog log = new SubjectLog(bus, stream);
        List<StoredMessage> messages = new ArrayList<>();
        for (Optional<StoredMessage> at = log.next(subject, 1);
                at.isPresent();
                at = log.next(subject, at.get().sequence() + 1)) {
            messages.add(at.get());
        }
        return messages;
    }

    /** How many publishes the channel has not settled. */
    long unsettled() {
        try {
            var info =
                    bus.connection().jetStreamManagement().getConsumerInfo(Streams.POLICIES, "policy-service-policies");
            return info.getNumPending() + info.getNumAckPending();
        } catch (Exception e) {
            return -1;
        }
    }

    /** Waits until every publish is settled. */
    void awaitSettled() {
        await().atMost(Duration.ofSeconds(60)).until(() -> unsettled() == 0);
    }

    @Override
    public void close() {
        services.forEach(ServiceProcess::close);
        bus.close();
        nats.close();
        Directories.delete(directory);
    }
}
