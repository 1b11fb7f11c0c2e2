package io.aegisflux.segmentation.builder;

import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.BuildCompleted;
import io.aegisflux.segmentation.contracts.BuildFailed;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.SigningKeys;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.Repository;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsSettings;
import io.aegisflux.segmentation.nats.StateFollower;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.nats.VerifiedObjects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A broker, packaged builders beside it, their sources in a folder that a test may change, and all that they say. */
public final class BuilderBench implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final BuildSpec X86_64 = new BuildSpec("datapath", "default", "x86_64", "bench");

    final Path directory;
    final NatsServer nats = NatsServer.start();
    final Bus bus = Bus.connect(NatsSettings.of(nats.url(), "bench"));
    final VerifiedObjects objects = new VerifiedObjects(bus);
    final List<BuildCompleted> completed = new CopyOnWriteArrayList<>();
    final List<BuildFailed> failed = new CopyOnWriteArrayList<>();
    final List<SystemEvent> system = new CopyOnWriteArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private final List<ServiceProcess> processes = new ArrayList<>();
    private final List<StateFollower> followers;

    BuilderBench(Path directory) {
        this.directory = directory;
        StreamCatalog.ensure(bus, Streams.BUILD_REQUESTS);
        followers = List.of(
                StateFollower.everything(
                        bus,
                        Streams.BUILD_RESULTS,
                        Subjects.BUILDS_COMPLETED,
                        (data, metadata) -> completed.add(Wire.read(data, BuildCompleted.class))),
                StateFollower.everything(
                        bus,
                        Streams.BUILD_RESULTS,
                        Subjects.BUILDS_FAILED,
                        (data, metadata) -> failed.add(Wire.read(data, BuildFailed.class))),
                StateFollower.everything(
                        bus,
                        Streams.SYSTEM,
                        Subjects.systemOfService("builder-service"),
                        (data, metadata) -> system.add(Wire.read(data, SystemEvent.class))));
        copySources();
        with("NATS_URL", nats.url());
        with("ARTIFACT_SIGNING_KEY", directory.resolve("keys/artifact.pem").toString());
        with("BUILD_OUTPUT_DIR", directory.resolve("builds").toString());
        with("BPF_SOURCES_DIR", sources().toString());
    }

    /** For the builders that are started after this. */
    BuilderBench with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    BuilderBench without(String variable) {
        environment.remove(variable);
        return this;
    }

    /** Another builder. */
    ServiceProcess start(String... prefix) {
        int port = NatsServer.freePort();
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        ServiceProcess process = ServiceProcess.start(
                List.of(prefix),
                "builder-service",
                List.of("-XX:-UsePerfData"), // else a user without rights leaves a folder in /tmp
                environment,
                "http://127.0.0.1:" + port,
                directory.resolve("builder-%d.log".formatted(processes.size())));
        processes.add(process);
        return process;
    }

    ServiceProcess startReady(String... prefix) {
        return start(prefix).awaitReady(PATIENCE);
    }

    Path sources() {
        return directory.resolve("bpf");
    }

    /** The repository's sources again. */
    void copySources() {
        try {
            Files.createDirectories(sources());
            try (Stream<Path> files = Files.list(Repository.root().resolve("bpf"))) {
                for (Path file : files.toList()) {
                    Files.copy(file, sources().resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces the main file. */
    void writeMain(String code) {
        try {
            Files.writeString(sources().resolve("datapath.bpf.c"), code);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A program in a folder of its own, e.g. in clang's place. */
    Path script(String folder, String name, String text) {
        try {
            Path file = Files.createDirectories(directory.resolve(folder)).resolve(name);
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void request(BuildSpec spec) {
        request(Wire.write(spec));
    }

    void request(byte[] body) {
        bus.publish(Subjects.BUILDS_REQUESTED, body, null);
    }

    /** Asks and waits for the announcement. */
    BuildCompleted build(BuildSpec spec) {
        int before = completed.size();
        int failures = failed.size();
        request(spec);
        await().atMost(PATIENCE).until(() -> completed.size() > before || failed.size() > failures);
        if (failed.size() > failures) {
            throw new AssertionError("the build failed: " + failed.getLast());
        }
        return completed.get(before);
    }

    /** Asks and waits for the failure. */
    BuildFailed fail(byte[] body) {
        int before = failed.size();
        int successes = completed.size();
        request(body);
        await().atMost(PATIENCE).until(() -> failed.size() > before || completed.size() > successes);
        if (completed.size() > successes) {
            throw new AssertionError("the build was completed: " + completed.getLast());
        }
        return failed.get(before);
    }

    BuildFailed fail(BuildSpec spec) {
        return fail(Wire.write(spec));
    }

    /** What an envelope holds, once the public key has proven it. */
    ArtifactManifest verified(SignedEnvelope envelope) {
        Path key = directory.resolve("keys/artifact.pem.pub");
        byte[] payload = SigningKeys.verifier(List.of(key)).verify(envelope, SignedEnvelope.ARTIFACT_MANIFEST);
        return Wire.read(payload, ArtifactManifest.class);
    }

    /** The manifest beside an object in the store, as an agent finds it. */
    ArtifactManifest stored(String digest) {
        String encoded = objects.metadata(Streams.ARTIFACTS_BUCKET, digest).get("manifest");
        return verified(Wire.read(Base64.getDecoder().decode(encoded), SignedEnvelope.class));
    }

    /** Names of all objects in the store. */
    List<String> storedObjects() {
        try {
            StreamCatalog.ensureBucket(bus, Streams.ARTIFACTS_BUCKET);
            return bus.connection().objectStore(Streams.ARTIFACTS_BUCKET).getList().stream()
                    .map(info -> info.getObjectName())
                    .toList();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a process runs this below a builder. */
    static boolean runs(ServiceProcess builder, String command) {
        return ProcessHandle.of(builder.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .anyMatch(process -> isCalled(process, command));
    }

    /** Whether a process was started as this. */
    static boolean isCalled(ProcessHandle process, String command) {
        return process.info().commandLine().orElse("").endsWith(command);
    }

    /** What builds have left behind. */
    List<Path> leftovers() {
        try (Stream<Path> entries = Files.list(directory.resolve("builds"))) {
            return entries.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        processes.forEach(ServiceProcess::close);
        followers.forEach(StateFollower::close);
        bus.close();
        nats.close();
    }
}
