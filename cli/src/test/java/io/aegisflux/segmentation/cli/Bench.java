package io.aegisflux.segmentation.cli;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Author;
import io.aegisflux.segmentation.contracts.Canary;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.LintCode;
import io.aegisflux.segmentation.contracts.LintFinding;
import io.aegisflux.segmentation.contracts.LintSeverity;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyExplanation;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Considered;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Effect;
import io.aegisflux.segmentation.contracts.PolicyExplanation.RuleEffect;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Standing;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyPlan;
import io.aegisflux.segmentation.contracts.PolicySuggestion;
import io.aegisflux.segmentation.contracts.ProbeReply;
import io.aegisflux.segmentation.contracts.ProbeRequest;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Rollout;
import io.aegisflux.segmentation.contracts.RolloutChange;
import io.aegisflux.segmentation.contracts.RolloutList;
import io.aegisflux.segmentation.contracts.RolloutRequest;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.UnusedRules;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.WorkloadAccepted;
import io.aegisflux.segmentation.contracts.WorkloadId;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.SubjectTransform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The streams, and a responder that speaks policy-service's protocol with fixed answers: what is under test here is
 * segctl; the real service is tested with it in e2e.
 */
public final class Bench implements AutoCloseable {
    private final Connection connection;
    private int asked;

    private Bench(Connection connection) {
        this.connection = requireNonNull(connection, "connection is null");
    }

    /** A connection and no more; it outlives the broker's restarts. */
    public static Bench connected(String url) {
        try {
            return new Bench(Nats.connect(Options.builder()
                    .server(url)
                    .maxReconnects(-1)
                    .reconnectWait(Duration.ofMillis(100))
                    .errorListener(new ErrorListener() {})
                    .build()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Makes the streams and answers as policy-service does. */
    public static Bench answering(String url) {
        Bench bench = connected(url);
        bench.stream(Streams.POLICIES, Subjects.POLICIES);
        bench.stream(Streams.WORKLOADS, Subjects.WORKLOADS);
        bench.stream(Streams.EVENTS, Subjects.EVENTS);
        bench.stream(Streams.METRICS, Subjects.METRICS);
        bench.stream(Streams.SYSTEM, Subjects.SYSTEM);
        bench.connection.createDispatcher(bench::decide).subscribe(Subjects.each(Subjects.POLICIES));
        bench.connection.createDispatcher(bench::register).subscribe(Subjects.each(Subjects.WORKLOADS));
        bench.connection.createDispatcher(bench::answer).subscribe(Subjects.API + "policy.*");
        for (String host : List.of("db-1", "odd-1", "safe-1", "busy-1", "audit-1", "host-b", "silent-1")) {
            bench.connection.createDispatcher(bench::probe).subscribe(Subjects.probe(new HostId(host)));
        }
        bench.connection.createDispatcher(bench::tell).subscribe(Subjects.API + "telemetry.*");
        bench.flush();
        return bench;
    }

    public Connection connection() {
        return connection;
    }

    /** Publishes and makes sure that the stream has it. */
    public void publish(String subject, Object message) {
        try {
            connection.jetStream().publish(subject, message instanceof byte[] bytes ? bytes : Wire.write(message));
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException("the stream does not take " + subject, e);
        }
    }

    /** The rollout of the policy moving begins anew. */
    public void forgetQuestions() {
        asked = 0;
    }

    public void flush() {
        try {
            connection.flush(null);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As the services hold what hosts publish. */
    static SubjectTransform byPartition(String prefix) {
        return SubjectTransform.builder()
                .source(Subjects.each(prefix))
                .destination("%s{{partition(%d,1)}}.{{wildcard(1)}}".formatted(prefix, Subjects.PARTITIONS))
                .build();
    }

    private void stream(String name, String prefix) {
        try {
            StreamConfiguration.Builder stream = StreamConfiguration.builder()
                    .name(name)
                    .subjects(Subjects.each(prefix))
                    .storageType(StorageType.Memory)
                    .allowDirect(true);
            if (prefix.equals(Subjects.EVENTS)) {
                stream.subjectTransform(byPartition(prefix));
            }
            connection.jetStreamManagement().addStream(stream.build());
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException("cannot make " + name, e);
        }
    }

    private static Author author(Message publish) {
        String author = publish.hasHeaders() ? publish.getHeaders().getFirst(PublishHeaders.AUTHOR) : null;
        return author == null ? null : new Author(author);
    }

    private void decide(Message publish) {
        if (publish.getReplyTo() == null) {
            return;
        }
        PolicyId policy = new PolicyId(
                Subjects.token(Subjects.POLICIES, publish.getSubject()).orElseThrow());
        if (publish.getData().length == 0) {
            if (policy.value().equals("unknown")) {
                refuse(
                        publish,
                        "404",
                        new ApiError(
                                ApiError.NOT_FOUND,
                                "no policy is called unknown",
                                "segctl policy ls lists them",
                                List.of()));
            } else {
                reply(publish, new PolicyAccepted(policy, 4, StoredPolicy.DELETED, null, author(publish)));
            }
        } else if (publish.hasHeaders()
                && publish.getHeaders().getFirst(PublishHeaders.EXPECTED_VERSION) != null
                && !"3".equals(publish.getHeaders().getFirst(PublishHeaders.EXPECTED_VERSION))) {
            refuse(
                    publish,
                    "409",
                    new ApiError(
                            ApiError.VERSION_CONFLICT,
                            "version 3 of %s holds, not the expected one; nothing has changed".formatted(policy),
                            "look at what holds, and publish again with Segmentation-Expected-Version: 3",
                            List.of()));
        } else if (policy.value().startsWith("bad")) {
            refuse(
                    publish,
                    "400",
                    new ApiError(
                            ApiError.INVALID_POLICY,
                            "2 violations",
                            "mend them and publish again",
                            List.of(
                                    new Violation(
                                            "/rules/0/conditions/1/value",
                                            "70000 is no port",
                                            "write a number from 0 to 65535"),
                                    new Violation("/name", "is missing", "write a name for people"))));
        } else if (policy.value().startsWith("broken")) {
            refuse(
                    publish,
                    "500",
                    new ApiError(ApiError.INTERNAL, "the service failed", "its log says more", List.of()));
        } else if (!policy.value().startsWith("silent")) {
            boolean isStaged = publish.hasHeaders() && publish.getHeaders().containsKey(PublishHeaders.CANARY);
            reply(
                    publish,
                    new PolicyAccepted(
                            policy,
                            isStaged ? 4 : 3,
                            StoredPolicy.UPDATED,
                            "0123456789abcdef".repeat(4),
                            author(publish)));
        }
    }

    /** As telemetry-service, with the examples' story; what was asked for it says again. */
    private void tell(Message request) {
        switch (request.getSubject().substring(request.getSubject().lastIndexOf('.') + 1)) {
            case TelemetryApi.FLOWS -> {
                TelemetryApi.FlowsRequest wanted = Wire.read(request.getData(), TelemetryApi.FlowsRequest.class);
                TelemetryApi.FlowsReply example =
                        Wire.read(Examples.read("api-telemetry-flows-reply"), TelemetryApi.FlowsReply.class);
                List<FlowRow> rows = Wire.read(Examples.read("telemetry-flows"), TelemetryFlows.class)
                        .flows();
                boolean all = wanted.filter().isEmpty();
                reply(
                        request,
                        new TelemetryApi.FlowsReply(
                                example.from(),
                                example.to(),
                                all,
                                wanted.filter(),
                                all ? rows.reversed() : rows.subList(0, 1),
                                all ? 2 : 1,
                                0,
                                all ? 0 : 1,
                                all ? 3 : 0));
            }
            case TelemetryApi.MAP -> {
                boolean grouped = Wire.read(request.getData(), TelemetryApi.MapRequest.class)
                                .groupBy()
                        != null;
                reply(
                        request,
                        Wire.read(
                                Examples.read("api-telemetry-map-reply" + (grouped ? "-grouped" : "")),
                                TelemetryApi.MapReply.class));
            }
            case TelemetryApi.TOP -> {
                TelemetryApi.TopReply example =
                        Wire.read(Examples.read("api-telemetry-top-reply"), TelemetryApi.TopReply.class);
                boolean many = Wire.read(request.getData(), TelemetryApi.TopRequest.class)
                        .by()
                        .equals("source");
                reply(
                        request,
                        many
                                ? new TelemetryApi.TopReply(
                                        "source",
                                        example.from(),
                                        example.to(),
                                        true,
                                        "",
                                        IntStream.rangeClosed(1, 20)
                                                .mapToObj(i -> new TelemetryApi.TopRow(
                                                        "web-" + i, 100 - i, 0, 0, example.to()))
                                                .toList(),
                                        5)
                                : example);
            }
            case TelemetryApi.HINTS -> hint(request, Wire.read(request.getData(), TelemetryApi.HintsRequest.class));
            default -> throw new IllegalStateException(request.getSubject());
        }
    }

    /** Some names are such that a shell would take them for more than a word. */
    private void hint(Message request, TelemetryApi.HintsRequest wanted) {
        List<String> values = switch (wanted.key()) {
            case "verdict" -> List.of("allowed", "audited", "dropped");
            case "policy" -> List.of("base-allow-dns", "web-db");
            case "port" -> List.of("443", "5432");
            case "ip" -> List.of("198.18.1.10", "198.18.2.20");
            case "from", "to", "any", "workload" ->
                List.of("\"my db\"", "$(touch hacked)", "`touch hacked`", "api", "app=db", "app=web", "web");
            default -> List.of();
        };
        String prefix = wanted.prefix() == null ? "" : wanted.prefix();
        reply(
                request,
                new TelemetryApi.HintsReply(
                        wanted.key(),
                        values.stream()
                                .filter(value -> value.startsWith(prefix))
                                .toList(),
                        0));
    }

    private void answer(Message request) {
        switch (request.getSubject().substring(request.getSubject().lastIndexOf('.') + 1)) {
            case "list" -> reply(request, list());
            case "hosts" -> reply(request, hosts());
            case "get" -> get(request);
            case "history" -> history(request);
            case "explain" -> explain(request);
            case "plan" -> plan(request);
            case "suggest" -> suggest(request);
            case "unused" -> reply(request, Wire.read(Examples.read("api-policy-unused-reply"), UnusedRules.class));
            case "lint" -> lint(request);
            case "workloads" -> workloads(request);
            case "remove_host" -> removeHost(request);
            case "rollout" ->
                rollout(
                        request,
                        Wire.read(request.getData(), RolloutRequest.class).policyId());
            case "rollouts" ->
                reply(
                        request,
                        new RolloutList(List.of(
                                rollout("db", RolloutState.ABORTED, List.of()),
                                rollout("web-db", RolloutState.RUNNING, List.of()))));
            case "rollout_change" -> change(request);
            default -> {}
        }
    }

    private void lint(Message request) {
        PolicyApi.LintRequest wanted = Wire.read(request.getData(), PolicyApi.LintRequest.class);
        String policy = wanted.documents().isEmpty()
                ? wanted.policyId() == null ? "web-db" : wanted.policyId().value()
                : wanted.documents().getLast().get("id").asText();
        LintFinding info = new LintFinding(
                LintCode.EMPTY_RULE,
                LintSeverity.INFO,
                new PolicyId(policy),
                "allow-api",
                "/rules/0/conditions/0",
                "no known workload has source.label.app eq \"api\"",
                "see that a workload with this label is reported (AGENT_WORKLOADS), or mend the label",
                null);
        LintFinding warning = new LintFinding(
                LintCode.UNENFORCEABLE,
                LintSeverity.WARNING,
                new PolicyId(policy),
                null,
                "",
                "ingress is watched on none\u001b[31m of the hosts it is for",
                "the agent's /status says why a hook is off",
                null);
        switch (policy) {
            case "bad" ->
                refuse(
                        request,
                        "400",
                        new ApiError(
                                ApiError.INVALID_POLICY,
                                "1 violations; nothing was judged",
                                "mend what the violations name and ask again",
                                List.of(new Violation(
                                        "/documents/%d/rules/0/id"
                                                .formatted(wanted.documents().size() - 1),
                                        "is missing",
                                        "write an id"))));
            case "unknown" ->
                refuse(
                        request,
                        "404",
                        new ApiError(ApiError.NOT_FOUND, "no policy is called unknown", "segctl policy ls", List.of()));
            case "clean" -> reply(request, new PolicyApi.LintReply(List.of(), 0, 1, 2, 0, 2, 3));
            case "incomplete" -> reply(request, new PolicyApi.LintReply(List.of(info), 0, 1, 2, 1, 2, 3));
            default -> reply(request, new PolicyApi.LintReply(List.of(warning, info), 7, 3, 107, 4, 2, 3));
        }
    }

    private void register(Message publish) {
        if (publish.getReplyTo() == null) {
            return;
        }
        WorkloadId workload = new WorkloadId(
                Subjects.token(Subjects.WORKLOADS, publish.getSubject()).orElseThrow());
        if (workload.value().equals("unknown")) {
            refuse(
                    publish,
                    "404",
                    new ApiError(
                            ApiError.NOT_FOUND,
                            "no workload unknown is registered",
                            "segmentation.api.policy.workloads names them all",
                            List.of()));
        } else if (workload.value().startsWith("bad")) {
            refuse(
                    publish,
                    "400",
                    new ApiError(
                            ApiError.INVALID_WORKLOAD,
                            "the workload is refused, nothing has changed",
                            "correct what the violations name and publish again",
                            List.of(new Violation(
                                    "/labels", "there is no label", "write at least one, by which rules find it"))));
        } else {
            reply(
                    publish,
                    new WorkloadAccepted(
                            workload,
                            publish.getData().length == 0 ? WorkloadAccepted.REMOVED : WorkloadAccepted.REGISTERED));
        }
    }

    private void workloads(Message request) {
        PolicyApi.WorkloadSummary host = new PolicyApi.WorkloadSummary(
                "host-a",
                new HostId("host-a"),
                new TreeMap<>(Map.of("host.id", "host-a", "role", "front")),
                List.of("10.77.0.1", "fd77::1"),
                null);
        PolicyApi.WorkloadSummary web = new PolicyApi.WorkloadSummary(
                "web", new HostId("host-a"), Map.of("app", "web\u001b[31m"), List.of("10.77.0.10"), null);
        PolicyApi.WorkloadSummary db = new PolicyApi.WorkloadSummary(
                "legacy-db",
                null,
                new TreeMap<>(Map.of("app", "db", "env", "prod")),
                List.of("10.9.0.7", "10.9.1.0/24", "fd77:9::/64"),
                Run.NOW.plusSeconds(3_600));
        Integer from =
                Wire.read(request.getData(), PolicyApi.WorkloadsRequest.class).from();
        reply(
                request,
                from == null
                        ? new PolicyApi.WorkloadsReply(List.of(host, web), 2)
                        : new PolicyApi.WorkloadsReply(List.of(db), null));
    }

    private void removeHost(Message request) {
        HostId host =
                Wire.read(request.getData(), PolicyApi.RemoveHostRequest.class).hostId();
        if (host.value().equals("nobody")) {
            refuse(
                    request,
                    "404",
                    new ApiError(
                            ApiError.NOT_FOUND,
                            "no host nobody has reported",
                            "segctl hosts ls lists them",
                            List.of()));
        } else {
            reply(request, new PolicyApi.HostRemoved(host));
        }
    }

    private void explain(Message request) {
        PolicyApi.ExplainRequest wanted = Wire.read(request.getData(), PolicyApi.ExplainRequest.class);
        if (wanted.eventId() != null) {
            explainEvent(request, wanted);
            return;
        }
        PolicyId policy = new PolicyId("web-db");
        Integer port = wanted.packet().destPort();
        if (wanted.hostId().value().equals("nobody")) {
            refuse(
                    request,
                    "404",
                    new ApiError(
                            ApiError.NOT_FOUND, "no host nobody has reported", "segctl status lists them", List.of()));
        } else if (port == null) {
            reply(
                    request,
                    new PolicyExplanation(
                            new Decision(Action.ALLOW, Reason.POSTURE, null, null, null, null, List.of()),
                            List.of(),
                            null,
                            new PolicyExplanation.Loaded(42, null, null),
                            null));
        } else if (port == 80) {
            reply(
                    request,
                    new PolicyExplanation(
                            new Decision(
                                    Action.ALLOW,
                                    Reason.AUDIT_WOULD_DENY,
                                    policy,
                                    3L,
                                    "allow-all",
                                    new Decision.Audit(new PolicyId("strict"), 1, "no-80"),
                                    List.of("web-db/note")),
                            List.of(
                                    new Considered(
                                            new PolicyId("strict"),
                                            1,
                                            Standing.CONSIDERED,
                                            null,
                                            List.of(new RuleEffect("no-80", Action.DENY, Effect.AUDITS, List.of()))),
                                    new Considered(
                                            policy,
                                            3,
                                            Standing.CONSIDERED,
                                            null,
                                            List.of(
                                                    new RuleEffect("note", Action.LOG, Effect.NOTES, List.of()),
                                                    new RuleEffect(
                                                            "allow-all", Action.ALLOW, Effect.DECIDES, List.of()),
                                                    new RuleEffect("late", Action.DENY, Effect.BEHIND, List.of())))),
                            null,
                            new PolicyExplanation.Loaded(42, 41L, Run.NOW.minusSeconds(8)),
                            new PolicyExplanation.Hits(0, null)));
        } else {
            PolicyExplanation example = Wire.read(Examples.read("api-policy-explain-reply"), PolicyExplanation.class);
            reply(request, example);
        }
    }

    /** Events whose ids end in A are not held any more; those that end in B are of what could not be parsed. */
    private void explainEvent(Message request, PolicyApi.ExplainRequest wanted) {
        PolicyExplanation example = Wire.read(Examples.read("api-policy-explain-reply-event"), PolicyExplanation.class);
        FlowEvent event = example.recorded().event();
        String id = wanted.eventId().value();
        if (id.endsWith("A")) {
            refuse(
                    request,
                    "404",
                    new ApiError(
                            ApiError.NOT_FOUND,
                            "event %s of 2026-03-02T09:15:04.536Z is not held any more: the stream begins at %s"
                                    .formatted(id, Run.NOW),
                            "it keeps 24 hours, at most 512 MiB; explain its packet instead, with --host, --from and --to",
                            List.of()));
        } else if (id.endsWith("B")) {
            reply(
                    request,
                    new PolicyExplanation(
                            new Decision(Action.DENY, Reason.MALFORMED, null, null, null, null, List.of()),
                            List.of(),
                            null,
                            example.loaded(),
                            null,
                            new PolicyExplanation.Recorded(
                                    new FlowEvent(
                                            id,
                                            event.hostId(),
                                            event.eventType(),
                                            null,
                                            null,
                                            null,
                                            Reason.MALFORMED,
                                            event.verdict(),
                                            event.direction(),
                                            event.hook(),
                                            null,
                                            null,
                                            0,
                                            0,
                                            "0",
                                            event.interfaceName(),
                                            event.generation(),
                                            1,
                                            0,
                                            event.number(),
                                            event.timestamp(),
                                            Map.of("bytes", 60)),
                                    null,
                                    List.of(
                                            "packet: the frame could not be parsed (MALFORMED), so no rule is asked about"
                                                    + " it"),
                                    null)));
        } else {
            reply(request, example);
        }
    }

    /** The agent of host-b agrees; that of db-1 has an older revision; odd-1 a defect; safe-1 a failsafe; busy-1 no time. */
    private void probe(Message request) {
        ProbeReply example = Wire.read(Examples.read("api-node-probe-reply"), ProbeReply.class);
        HostId host = new HostId(request.getSubject().split("\\.")[3]);
        switch (host.value()) {
            case "db-1" -> reply(request, probed(host, example, Verdict.ALLOWED, Reason.RULE_ALLOW, "allow-all", 41));
            case "odd-1" -> reply(request, probed(host, example, Verdict.ALLOWED, Reason.POSTURE, null, 42));
            case "safe-1" -> reply(request, probed(host, example, Verdict.ALLOWED, Reason.FAILSAFE, null, 42));
            case "busy-1" ->
                refuse(
                        request,
                        "429",
                        new ApiError(
                                ApiError.TOO_MANY_REQUESTS,
                                "more than 20 questions within a second",
                                "ask again in a second",
                                List.of()));
            case "audit-1" ->
                reply(request, Wire.read(Examples.read("api-node-probe-reply-audited"), ProbeReply.class));
            case "host-b" -> {
                boolean isNow = Wire.read(request.getData(), ProbeRequest.class)
                                .packet()
                                .sourcePort()
                        == 40_912;
                reply(
                        request,
                        probed(host, example, example.verdict(), example.reason(), "deny-others", isNow ? 2L : 1L, 42));
            }
            default -> {}
        }
    }

    private static ProbeReply probed(
            HostId host, ProbeReply example, Verdict verdict, Reason reason, String rule, long revision) {
        return probed(host, example, verdict, reason, rule, 1, revision);
    }

    private static ProbeReply probed(
            HostId host, ProbeReply example, Verdict verdict, Reason reason, String rule, long version, long revision) {
        return new ProbeReply(
                host,
                verdict,
                reason,
                rule == null ? null : example.policyId(),
                rule == null ? null : Long.valueOf(version),
                rule,
                null,
                example.hook(),
                host.value().equals("odd-1") ? Map.of() : example.hooks(),
                example.program(),
                example.artifact(),
                example.epoch(),
                revision,
                example.generation(),
                example.timestamp());
    }

    private void plan(Message request) {
        PolicyApi.PlanRequest wanted = Wire.read(request.getData(), PolicyApi.PlanRequest.class);
        PolicyPlan example = Wire.read(Examples.read("api-policy-plan-reply"), PolicyPlan.class);
        boolean isHarmless = wanted.documents().isEmpty();
        PolicyPlan.Part nothing = new PolicyPlan.Part(new PolicyPlan.Total(0, 0), List.of());
        reply(
                request,
                new PolicyPlan(
                        example.changes(),
                        example.evidence(),
                        isHarmless ? nothing : example.newlyBlocked(),
                        example.newlyAllowed(),
                        example.newlyAudited(),
                        example.unchanged()));
    }

    private void suggest(Message request) {
        PolicyApi.SuggestRequest wanted = Wire.read(request.getData(), PolicyApi.SuggestRequest.class);
        PolicySuggestion example = Wire.read(Examples.read("api-policy-suggest-reply"), PolicySuggestion.class);
        reply(
                request,
                wanted.direction() == Direction.INGRESS
                        ? example
                        : new PolicySuggestion(
                                null,
                                example.evidence(),
                                new PolicyPlan.Total(0, 0),
                                example.suggested(),
                                example.denied()));
    }

    /** The policy db is aborted, web promoted, web-db running, and moving promoted when it is asked for the third time. */
    private void rollout(Message request, PolicyId policy) {
        RolloutState state = switch (policy.value()) {
            case "db" -> RolloutState.ABORTED;
            case "web" -> RolloutState.PROMOTED;
            case "web-db" -> RolloutState.RUNNING;
            case "moving" -> ++asked < 3 ? RolloutState.RUNNING : RolloutState.PROMOTED;
            default -> null;
        };
        if (state == null) {
            refuse(
                    request,
                    "404",
                    new ApiError(
                            ApiError.NOT_FOUND,
                            "version 3 of %s is not staged: it is for all hosts at once".formatted(policy),
                            "segmentation.api.policy.rollouts names those that are",
                            List.of()));
            return;
        }
        boolean isAborted = state == RolloutState.ABORTED;
        reply(
                request,
                rollout(
                        policy.value(),
                        state,
                        List.of(
                                new RolloutStatus.Host(
                                        new HostId("host-a"),
                                        true,
                                        isAborted ? 3L : 4L,
                                        4L,
                                        Run.NOW.minusSeconds(30),
                                        isAborted ? 4_211 : 3,
                                        isAborted ? null : RolloutStatus.Host.SOAKING,
                                        null),
                                new RolloutStatus.Host(
                                        new HostId("host-b"),
                                        true,
                                        isAborted ? 3L : 4L,
                                        null,
                                        null,
                                        0,
                                        RolloutStatus.Host.FAILING,
                                        "has not acknowledged it within 30 s"),
                                new RolloutStatus.Host(new HostId("host-c"), false, 3L, 3L, null, 0, null, null))));
    }

    private static RolloutStatus rollout(String policy, RolloutState state, List<RolloutStatus.Host> hosts) {
        boolean isAborted = state == RolloutState.ABORTED;
        return new RolloutStatus(
                new PolicyId(policy),
                4,
                3,
                state,
                isAborted ? "host-b: has not acknowledged it within 30 s" : null,
                Run.NOW.minusSeconds(31),
                isAborted ? Rollout.SERVICE : null,
                null,
                isAborted
                        ? new Canary(null, Map.of("tier", "canary"), null, 3, 60, 30, 90, 100, Canary.AUTO)
                        : new Canary(50, null, null, 3, 300, 30, 90, 100, Canary.MANUAL),
                Run.NOW.minusSeconds(61),
                4,
                2,
                1,
                hosts);
    }

    private void change(Message request) {
        RolloutChange wanted = Wire.read(request.getData(), RolloutChange.class);
        if (!wanted.policyId().value().equals("web-db")) {
            refuse(
                    request,
                    "409",
                    new ApiError(
                            ApiError.VERSION_CONFLICT,
                            "the rollout of %s version 4 is promoted already; nothing has changed"
                                    .formatted(wanted.policyId()),
                            "look at segmentation.api.policy.rollout",
                            List.of()));
            return;
        }
        RolloutState next = switch (wanted.action()) {
            case RolloutChange.PAUSE -> RolloutState.PAUSED;
            case RolloutChange.RESUME -> RolloutState.RUNNING;
            case RolloutChange.PROMOTE -> RolloutState.PROMOTED;
            default -> RolloutState.ABORTED;
        };
        reply(request, rollout("web-db", next, List.of()));
    }

    private void history(Message request) {
        PolicyApi.HistoryRequest wanted = Wire.read(request.getData(), PolicyApi.HistoryRequest.class);
        boolean isGone = wanted.policyId().value().equals("gone");
        List<PolicyApi.VersionSummary> versions = List.of(
                new PolicyApi.VersionSummary(
                        3,
                        isGone ? StoredPolicy.DELETED : StoredPolicy.UPDATED,
                        isGone ? null : "0123456789abcdef".repeat(4),
                        Run.NOW.minusSeconds(300),
                        wanted.policyId().value().equals("staged") ? RolloutState.ABORTED : null,
                        new Author("ann")),
                new PolicyApi.VersionSummary(
                        2,
                        StoredPolicy.UPDATED,
                        "89abcdef01234567".repeat(4),
                        Run.NOW.minusSeconds(7_200),
                        null,
                        new Author("root@build-7")),
                new PolicyApi.VersionSummary(
                        1, StoredPolicy.CREATED, "fedcba9876543210".repeat(4), Run.NOW.minusSeconds(400_000)));
        reply(
                request,
                new PolicyApi.HistoryReply(
                        wanted.policyId(),
                        versions.stream()
                                .limit(wanted.limit() == null ? 50 : wanted.limit())
                                .toList()));
    }

    private void get(Message request) {
        PolicyApi.GetRequest wanted = Wire.read(request.getData(), PolicyApi.GetRequest.class);
        if (!List.of("web-db", "gone").contains(wanted.policyId().value())) {
            refuse(
                    request,
                    "404",
                    new ApiError(
                            ApiError.NOT_FOUND,
                            "no policy is called " + wanted.policyId(),
                            "segctl policy ls lists them",
                            List.of()));
            return;
        }
        var document = Wire.mapper()
                .createObjectNode()
                .put("id", wanted.policyId().value())
                .put("priority", 100)
                .put("version_of_test", wanted.version() == null ? 3 : wanted.version());
        reply(
                request,
                new StoredPolicy(
                        wanted.policyId(),
                        wanted.version() == null ? 3 : wanted.version(),
                        StoredPolicy.UPDATED,
                        "0123456789abcdef".repeat(4),
                        document,
                        17,
                        Run.NOW.minusSeconds(300),
                        null,
                        wanted.version() != null && wanted.version() == 1 ? null : new Author("ann")));
    }

    private static PolicyApi.ListReply list() {
        return new PolicyApi.ListReply(
                List.of(
                        new PolicyApi.Summary(
                                new PolicyId("web-db"),
                                3,
                                "Only the API may use the database",
                                "network",
                                100,
                                true,
                                Mode.ENFORCE,
                                2,
                                Run.NOW.minusSeconds(300)),
                        new PolicyApi.Summary(
                                new PolicyId("base-allow-dns"),
                                12,
                                "DNS\u001b[31m for all",
                                "network",
                                10,
                                true,
                                Mode.AUDIT,
                                1,
                                Run.NOW.minusSeconds(8),
                                new PolicyApi.Staged(13, RolloutState.RUNNING)),
                        new PolicyApi.Summary(
                                new PolicyId("old"),
                                1,
                                "Not in use",
                                "network",
                                9000,
                                false,
                                Mode.ENFORCE,
                                104,
                                Run.NOW.minusSeconds(400_000))),
                1,
                42);
    }

    private static PolicyApi.HostsReply hosts() {
        return new PolicyApi.HostsReply(List.of("host-a", "host-b", "host-c", "host-d", "host-e").stream()
                .map(name -> new PolicyApi.HostSummary(
                        new HostId(name), 1, 42, Map.of("role", "front"), List.of("10.77.0.1", "fd77::1"), Run.NOW))
                .toList());
    }

    private void reply(Message to, Object body) {
        Replies.reply(connection, to, body);
    }

    private void refuse(Message to, String status, ApiError error) {
        Replies.refuse(connection, to, status, error);
    }
}
