package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.cli.bundle.Archive;
import io.aegisflux.segmentation.cli.bundle.Manifest;
import io.aegisflux.segmentation.cli.bundle.Redaction;
import io.aegisflux.segmentation.cli.bus.BusSettings;
import io.aegisflux.segmentation.cli.bus.EventTail;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.bus.StoredState;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.BuilderApi;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.contracts.Wire;
import io.nats.client.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Asks for all that a bundle holds, one question after the other; what has no answer is noted. Messages are taken as they come,
 * so that what a newer service says is in it, too. What tells names comes first, for sentences are redacted by what is known then.
 */
final class BundleGathering {
    /** How many of the last events, and of the last system events. */
    static final int EVENTS = 1_000;

    private static final Duration UNUSED_SINCE = Duration.ofDays(30);
    private static final Duration RANKED_SINCE = Duration.ofHours(1);
    private static final List<String> HINTS = List.of("host", "workload", "label", "policy", "rule", "port");
    private static final List<String> STREAMS = List.of(
            Streams.POLICIES,
            Streams.POLICY_STORE,
            Streams.ROLLOUTS,
            Streams.HOSTS,
            Streams.WORKLOADS,
            Streams.DESIRED,
            Streams.BUILD_REQUESTS,
            Streams.BUILD_RESULTS,
            Streams.EVENTS,
            Streams.FLOWS,
            Streams.METRICS,
            Streams.SYSTEM,
            Streams.POLICY_UPDATES,
            Streams.TELEMETRY,
            Streams.PARTIALS,
            Streams.LEASES,
            "OBJ_" + Streams.ARTIFACTS_BUCKET,
            "OBJ_" + Streams.RULE_TABLES_BUCKET);

    private final StoredState state;
    private final Archive archive;
    private final Optional<Redaction> redaction;
    private final Instant now;
    private final Consumer<String> progress;
    private final List<Manifest.Missing> missing = new ArrayList<>();

    /**
     * @param redaction empty for everything as it is
     * @param progress told each file's path before it is gathered
     */
    BundleGathering(
            StoredState state, Archive archive, Optional<Redaction> redaction, Instant now, Consumer<String> progress) {
        this.state = state;
        this.archive = archive;
        this.redaction = redaction;
        this.now = now;
        this.progress = progress;
    }

    /** What runs here and there. */
    private record Versions(String segctl, String java, String os, String architecture, String natsServer) {}

    /**
     * Asks for everything.
     *
     * @return what is missing
     * @throws IOException when the archive cannot be written
     * @throws Failure when the broker is gone
     */
    List<Manifest.Missing> all() throws IOException {
        try {
            versions();
            Optional<JsonNode> hosts = policyService("hosts.json", PolicyApi.HOSTS, Map.of());
            gather("workloads.json", () -> Map.of("workloads", state.askAll(bus -> new PolicyBus(bus).workloads())));
            policies();
            hosts.ifPresent(reply -> reply.path("hosts")
                    .forEach(host -> host(host.path("host_id").asText())));
            telemetry();
            gather(
                    "builder.json",
                    () -> state.ask(Subjects.api(BuilderApi.SERVICE, BuilderApi.STATUS), JsonNode.class));
            STREAMS.forEach(this::stream);
            gather("status.json", () -> state.askAll(bus -> StatusCommand.known(bus, now)));
            last("events.jsonl", Streams.EVENTS, Subjects.held(Subjects.EVENTS));
            last("system.jsonl", Streams.SYSTEM, Subjects.each(Subjects.SYSTEM));
            gather("doctor.json", () -> DoctorCommand.Diagnosis.of(new Examination(state, now).of(null)));
            return missing;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void versions() {
        put(
                "versions.json",
                Wire.write(new Versions(
                        Version.number(),
                        Runtime.version().toString(),
                        System.getProperty("os.name") + " " + System.getProperty("os.version"),
                        System.getProperty("os.arch"),
                        state.bus().connection().getServerInfo().getVersion())));
        for (String service : StatusCommand.SERVICES) {
            gather(
                    "services/%s.json".formatted(service),
                    () -> state.last(Streams.SYSTEM, Subjects.systemOfService(service), JsonNode.class)
                            .orElseThrow(() -> Failure.noAnswer(service + " has said nothing yet", "")));
        }
    }

    private void policies() {
        policyService("policies.json", PolicyApi.LIST, Map.of()).ifPresent(list -> {
            for (JsonNode row : list.path("policies")) {
                PolicyId policy = new PolicyId(row.path("policy_id").asText());
                String path = "policies/" + policy;
                policyService(path + ".history.json", PolicyApi.HISTORY, new PolicyApi.HistoryRequest(policy, null));
                long inForce = row.path("version").asLong();
                policyService(path + ".json", PolicyApi.GET, new PolicyApi.GetRequest(policy, inForce));
                if (row.has("rollout")) {
                    policyService(path + ".staged.json", PolicyApi.GET, new PolicyApi.GetRequest(policy, null));
                }
            }
        });
        policyService("rollouts.json", PolicyApi.ROLLOUTS, Map.of());
        policyService("lint.json", PolicyApi.LINT, Map.of());
        policyService("unused.json", PolicyApi.UNUSED, new PolicyApi.UnusedRequest(now.minus(UNUSED_SINCE), null));
    }

    /** The last that the host said of each kind; what it never said is left out. */
    private void host(String id) {
        HostId host = new HostId(id);
        String name = redaction.map(it -> it.name(id)).orElse(id);
        gather("hosts/%s.json".formatted(name), () -> {
            ObjectNode said = JsonNodeFactory.instance.objectNode();
            said.put("host_id", id);
            said(said, "capability_report", Streams.HOSTS, Subjects.host(host));
            said(said, "metrics", Streams.METRICS, Subjects.metrics(host));
            said(said, "policy_update", Streams.POLICY_UPDATES, Subjects.policyUpdates(host));
            said(said, "system_event", Streams.SYSTEM, Subjects.system(host));
            return said;
        });
    }

    private void said(ObjectNode said, String member, String stream, String subject) {
        state.last(stream, subject, JsonNode.class)
                .ifPresent(last -> said.set(member, Wire.mapper().valueToTree(last)));
    }

    private void telemetry() {
        for (String verb : List.of(TelemetryApi.SUMMARY, TelemetryApi.HOSTS, TelemetryApi.RULES, TelemetryApi.MAP)) {
            telemetry(verb, verb, Map.of());
        }
        for (TopCommand.By by : TopCommand.By.values()) {
            telemetry(
                    "top-" + by.word(),
                    TelemetryApi.TOP,
                    new TelemetryApi.TopRequest(by.word(), now.minus(RANKED_SINCE), null, null, null));
        }
        for (String key : HINTS) {
            telemetry("hints-" + key, TelemetryApi.HINTS, new TelemetryApi.HintsRequest(key, null, TelemetryApi.MOST));
        }
    }

    private void telemetry(String file, String verb, Object request) {
        gather("telemetry/%s.json".formatted(file), () -> ask(TelemetryApi.SERVICE, verb, request));
    }

    private Optional<JsonNode> policyService(String path, String verb, Object request) {
        return gather(path, () -> ask(PolicyApi.SERVICE, verb, request));
    }

    private JsonNode ask(String service, String verb, Object request) {
        return state.ask(Subjects.api(service, verb), Wire.write(request), JsonNode.class);
    }

    /** That there is none is an answer: buckets are made when they are needed, and the doctor knows what has to be there. */
    private void stream(String name) {
        gather("streams/%s.json".formatted(name), () -> {
            ObjectNode stream = JsonNodeFactory.instance.objectNode();
            Optional<JsonNode> info = state.stream(name);
            stream.put("exists", info.isPresent());
            info.ifPresent(it -> stream.set("info", it));
            state.consumers(name).ifPresent(consumers -> stream.set("consumers", consumers));
            return stream;
        });
    }

    /** The last messages of a stream, a line for each. */
    private void last(String path, String stream, String subjects) {
        noted(path, () -> {
            StringBuilder lines = new StringBuilder();
            state.askAll(bus -> {
                new EventTail(bus, stream, subjects).read(EVENTS, false, message -> {
                    lines.append(line(message)).append('\n');
                    return true;
                });
                return lines;
            });
            return lines.toString().getBytes(StandardCharsets.UTF_8);
        });
    }

    /** What is no JSON is nothing that could be redacted. */
    private String line(Message message) {
        JsonNode line;
        try {
            line = Wire.read(message.getData(), JsonNode.class);
        } catch (MalformedMessageException e) {
            line = JsonNodeFactory.instance
                    .objectNode()
                    .put("malformed_bytes", message.getData().length)
                    .put("sequence", message.metaData().streamSequence());
        }
        return redacted(line).toString();
    }

    /** Puts the answer into the archive, or notes why there is none. */
    private Optional<JsonNode> gather(String path, Supplier<Object> question) {
        JsonNode[] answer = new JsonNode[1];
        noted(path, () -> {
            answer[0] = Wire.mapper().valueToTree(question.get());
            return redacted(answer[0]).toPrettyString().getBytes(StandardCharsets.UTF_8);
        });
        return Optional.ofNullable(answer[0]);
    }

    private void noted(String path, Supplier<byte[]> content) {
        progress.accept(path);
        byte[] bytes;
        try {
            bytes = content.get();
        } catch (Failure | MalformedMessageException e) {
            String reason = BusSettings.redacted(e.getMessage());
            missing.add(new Manifest.Missing(
                    path, redaction.map(it -> it.sentence(reason)).orElse(reason)));
            return;
        }
        put(path, bytes);
    }

    private JsonNode redacted(JsonNode message) {
        return redaction.map(it -> it.message(message)).orElse(message);
    }

    private void put(String path, byte[] content) {
        try {
            archive.add(path, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
