package io.aegisflux.segmentation.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyExplanation;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Considered;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Effect;
import io.aegisflux.segmentation.contracts.PolicyExplanation.RuleEffect;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Standing;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.nats.client.Connection;
import io.nats.client.Message;
import java.util.List;
import java.util.Map;

/** A policy-service with one policy, and the one host that it is for: both remember. */
final class OnePolicyService implements AutoCloseable {
    private static final PolicyId POLICY = new PolicyId("segctl-demo");
    private static final HostId HOST = new HostId("host-b");
    private static final String DIGEST = "0123456789abcdef".repeat(4);

    private final Bench bench;
    private final Connection connection;
    private long version;
    private String document;
    private String published;
    private String overwriting;
    private boolean explains = true;

    private OnePolicyService(Bench bench) {
        this.bench = bench;
        this.connection = bench.connection();
    }

    static OnePolicyService on(String url) {
        OnePolicyService service = new OnePolicyService(Bench.connected(url));
        service.connection.createDispatcher(service::decide).subscribe(Subjects.policy(POLICY));
        service.connection.createDispatcher(service::answer).subscribe(Subjects.API + "policy.*");
        service.bench.flush();
        return service;
    }

    /** This document is there from the beginning. */
    synchronized void hold(String text) {
        document = text;
        version = 1;
    }

    synchronized void explainsNothing() {
        explains = false;
    }

    /** Somebody publishes this just after the demo's policy. */
    synchronized void isOverwrittenOncePublished(String text) {
        overwriting = text;
        explains = false;
    }

    /** The latest version; 0 for none. */
    synchronized long version() {
        return version;
    }

    /** What holds; null for nothing. */
    synchronized String document() {
        return document;
    }

    /** The last document that a client published. */
    synchronized String published() {
        return published;
    }

    @Override
    public void close() {
        bench.close();
    }

    private synchronized void decide(Message publish) {
        String expected = publish.getHeaders().getFirst(PublishHeaders.EXPECTED_VERSION);
        if (!Long.toString(version).equals(expected)) {
            refuse(publish, "409", new ApiError(ApiError.VERSION_CONFLICT, "another version holds", "look", List.of()));
            return;
        }
        boolean isDeletion = publish.getData().length == 0;
        version++;
        document = isDeletion ? null : new String(publish.getData(), UTF_8);
        published = isDeletion ? published : document;
        reply(publish, new PolicyAccepted(POLICY, version, action(), isDeletion ? null : DIGEST));
        connection.publish(
                Subjects.policyUpdates(HOST),
                Wire.write(new PolicyUpdate(
                        HOST,
                        POLICY,
                        action(),
                        "network",
                        isDeletion ? null : version,
                        version,
                        Run.NOW,
                        Map.of("result", "applied"))));
        if (overwriting != null) {
            version++;
            document = overwriting;
        }
    }

    private synchronized void answer(Message request) {
        switch (request.getSubject().substring(request.getSubject().lastIndexOf('.') + 1)) {
            case "history" -> history(request);
            case "get" -> get(request);
            case "explain" -> reply(request, explanation(request));
            case "workloads" -> reply(request, new PolicyApi.WorkloadsReply(List.of(), null));
            case "hosts" ->
                reply(
                        request,
                        new PolicyApi.HostsReply(
                                List.of(new PolicyApi.HostSummary(HOST, 1, 42, Map.of(), List.of(), Run.NOW))));
            default -> throw new IllegalStateException("nobody asks " + request.getSubject());
        }
    }

    private void history(Message request) {
        if (version == 0) {
            refuseAsUnknown(request);
            return;
        }
        reply(
                request,
                new PolicyApi.HistoryReply(
                        POLICY,
                        List.of(new PolicyApi.VersionSummary(
                                version, action(), document == null ? null : DIGEST, Run.NOW, null, null))));
    }

    private void get(Message request) {
        if (document == null) {
            refuseAsUnknown(request);
            return;
        }
        JsonNode body = Wire.read(document.getBytes(UTF_8), JsonNode.class);
        reply(request, new StoredPolicy(POLICY, version, action(), DIGEST, body, version, Run.NOW));
    }

    private String action() {
        return document == null ? StoredPolicy.DELETED : StoredPolicy.CREATED;
    }

    private void refuseAsUnknown(Message request) {
        refuse(request, "404", new ApiError(ApiError.NOT_FOUND, "no such policy", "look", List.of()));
    }

    private PolicyExplanation explanation(Message request) {
        PolicyApi.EvaluateRequest wanted = Wire.read(request.getData(), PolicyApi.EvaluateRequest.class);
        boolean isWeb = wanted.packet().sourceIp().endsWith(".10");
        boolean isThere = document != null && explains;
        return new PolicyExplanation(
                new Decision(
                        Action.ALLOW,
                        isThere && isWeb ? Reason.AUDIT_WOULD_DENY : Reason.POSTURE,
                        null,
                        null,
                        null,
                        isThere && isWeb ? new Decision.Audit(POLICY, version, "deny-others") : null,
                        List.of()),
                isThere
                        ? List.of(new Considered(
                                POLICY,
                                version,
                                Standing.CONSIDERED,
                                null,
                                List.of(
                                        new RuleEffect(
                                                "allow-api",
                                                Action.ALLOW,
                                                Effect.MISSES,
                                                List.of("source_ip is 192.0.2.10")),
                                        new RuleEffect("deny-others", Action.DENY, Effect.AUDITS, List.of()))))
                        : List.of(),
                null,
                new PolicyExplanation.Loaded(42, null, null),
                null);
    }

    private void reply(Message to, Object body) {
        Replies.reply(connection, to, body);
    }

    private void refuse(Message to, String status, ApiError error) {
        Replies.refuse(connection, to, status, error);
    }
}
