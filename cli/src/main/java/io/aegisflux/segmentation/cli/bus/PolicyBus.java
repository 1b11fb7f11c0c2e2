package io.aegisflux.segmentation.cli.bus;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.Author;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyExplanation;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyPlan;
import io.aegisflux.segmentation.contracts.PolicySuggestion;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.RolloutChange;
import io.aegisflux.segmentation.contracts.RolloutList;
import io.aegisflux.segmentation.contracts.RolloutRequest;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.UnusedRules;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.WorkloadAccepted;
import io.aegisflux.segmentation.contracts.WorkloadId;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** What segctl asks of policy-service. */
public final class PolicyBus {
    private static final byte[] DELETION = new byte[0];

    private final BusClient bus;

    public PolicyBus(BusClient bus) {
        this.bus = requireNonNull(bus, "bus is null");
    }

    /** The policies that are not deleted. */
    public PolicyApi.ListReply list() {
        return ask("list", new byte[0], PolicyApi.ListReply.class);
    }

    /** The known hosts. */
    public PolicyApi.HostsReply hosts() {
        return ask("hosts", new byte[0], PolicyApi.HostsReply.class);
    }

    /** What becomes of a packet on a host, or of the packet of an event, and why. */
    public PolicyExplanation explain(PolicyApi.ExplainRequest request) {
        return ask(PolicyApi.EXPLAIN, Wire.write(request), PolicyExplanation.class);
    }

    /** What a change of policies would have done. */
    public PolicyPlan plan(PolicyApi.PlanRequest request) {
        return ask("plan", Wire.write(request), PolicyPlan.class);
    }

    /** An allow list of what was observed. */
    public PolicySuggestion suggest(PolicyApi.SuggestRequest request) {
        return ask("suggest", Wire.write(request), PolicySuggestion.class);
    }

    /** Rules without packets. */
    public UnusedRules unused(PolicyApi.UnusedRequest request) {
        return ask("unused", Wire.write(request), UnusedRules.class);
    }

    /** What may not be meant so, of candidates or of stored policies. */
    public PolicyApi.LintReply lint(PolicyApi.LintRequest request) {
        return ask(PolicyApi.LINT, Wire.write(request), PolicyApi.LintReply.class);
    }

    /**
     * A version of a policy.
     *
     * @param version null for the latest
     */
    public StoredPolicy get(PolicyId policy, Long version) {
        return ask("get", Wire.write(new PolicyApi.GetRequest(policy, version)), StoredPolicy.class);
    }

    /**
     * The latest versions of a policy, the last one first.
     *
     * @param limit how many at most
     */
    public PolicyApi.HistoryReply history(PolicyId policy, int limit) {
        return ask("history", Wire.write(new PolicyApi.HistoryRequest(policy, limit)), PolicyApi.HistoryReply.class);
    }

    /** The latest version of a policy, be it its deletion. */
    public PolicyApi.VersionSummary latest(PolicyId policy) {
        return history(policy, 1).versions().getFirst();
    }

    /** How a policy's rollout stands. */
    public RolloutStatus rollout(PolicyId policy) {
        return ask(PolicyApi.ROLLOUT, Wire.write(new RolloutRequest(policy)), RolloutStatus.class);
    }

    /** Every policy whose latest version is staged. */
    public RolloutList rollouts() {
        return ask(PolicyApi.ROLLOUTS, new byte[0], RolloutList.class);
    }

    /** Makes a rollout go another way. */
    public RolloutStatus change(RolloutChange change) {
        return ask(PolicyApi.ROLLOUT_CHANGE, Wire.write(change), RolloutStatus.class);
    }

    /**
     * Publishes a document for all hosts at once and waits for what policy-service says to it.
     *
     * @param expected the version that it is to follow; null to follow whatever holds
     * @param author who publishes; null to leave it unsaid
     * @throws Failure when it is refused, or when nobody decides in time
     */
    public PolicyAccepted publish(PolicyId policy, byte[] document, Long expected, Author author) {
        return publish(policy, document, expected, Optional.empty(), author);
    }

    /** As above. */
    public PolicyAccepted publish(
            PolicyId policy, byte[] document, Long expected, Optional<Staging> staging, Author author) {
        return submit(Subjects.policy(policy), document, headers(expected, staging, author), PolicyAccepted.class);
    }

    /** Publishes a deletion, as {@link #publish}. */
    public PolicyAccepted delete(PolicyId policy, Author author) {
        return delete(policy, null, author);
    }

    /** Publishes a deletion, as {@link #publish}. */
    public PolicyAccepted delete(PolicyId policy, Long expected, Author author) {
        return publish(policy, DELETION, expected, author);
    }

    /** Publishes a workload of the registry, as {@link #publish}. */
    public WorkloadAccepted register(WorkloadId workload, byte[] document, Author author) {
        return submit(Subjects.workload(workload), document, headers(author), WorkloadAccepted.class);
    }

    /** Publishes the removal of a workload, as {@link #publish}. */
    public WorkloadAccepted remove(WorkloadId workload, Author author) {
        return submit(Subjects.workload(workload), DELETION, headers(author), WorkloadAccepted.class);
    }

    /** All that rules on labels know. */
    public List<PolicyApi.WorkloadSummary> workloads() {
        List<PolicyApi.WorkloadSummary> all = new ArrayList<>();
        Integer from = null;
        do {
            PolicyApi.WorkloadsReply page = ask(
                    PolicyApi.WORKLOADS,
                    Wire.write(new PolicyApi.WorkloadsRequest(from)),
                    PolicyApi.WorkloadsReply.class);
            all.addAll(page.workloads());
            from = page.next();
        } while (from != null);
        return all;
    }

    /** Forgets a host that is gone for good. */
    public PolicyApi.HostRemoved removeHost(HostId host) {
        return ask(
                PolicyApi.REMOVE_HOST, Wire.write(new PolicyApi.RemoveHostRequest(host)), PolicyApi.HostRemoved.class);
    }

    private <T> T ask(String verb, byte[] request, Class<T> type) {
        return Answers.read(bus.request(Subjects.api("policy", verb), null, request), type);
    }

    private static Headers headers(Author author) {
        return headers(null, Optional.empty(), author);
    }

    private static Headers headers(Long expected, Optional<Staging> staging, Author author) {
        Headers headers = new Headers();
        if (author != null) {
            headers.add(PublishHeaders.AUTHOR, author.value());
        }
        if (expected != null) {
            headers.add(PublishHeaders.EXPECTED_VERSION, Long.toString(expected));
        }
        staging.ifPresent(it -> {
            headers.add(PublishHeaders.CANARY, it.canary());
            if (!it.terms().isEmpty()) {
                headers.add(PublishHeaders.ROLLOUT, it.terms());
            }
        });
        return headers.isEmpty() ? null : headers;
    }

    /**
     * Two may answer a document that is published as a request: the stream, that it is stored, and policy-service, what it
     * thinks of it. The second counts.
     */
    private <T> T submit(String subject, byte[] body, Headers headers, Class<T> type) {
        Connection connection = bus.connection();
        String inbox = connection.createInbox();
        CompletableFuture<Message> decision = new CompletableFuture<>();
        AtomicReference<StreamsWord> stored = new AtomicReference<>();
        Dispatcher dispatcher = connection.createDispatcher(reply -> StreamsWord.of(reply)
                .ifPresentOrElse(
                        word -> word.refusal().ifPresentOrElse(decision::completeExceptionally, () -> stored.set(word)),
                        () -> decision.complete(reply)));
        try {
            dispatcher.subscribe(inbox);
            connection.publish(subject, inbox, headers, body);
            Message reply = bus.await(decision, subject);
            if (NoResponders.isMeantBy(reply)) {
                throw BusClient.noResponders(subject);
            }
            return Answers.read(reply, type);
        } catch (IllegalArgumentException e) {
            throw bus.tooLarge(subject, body, e);
        } catch (Failure failure) {
            throw stored.get() != null && !decision.isDone() ? stored.get().undecided(subject, bus.timeout()) : failure;
        } finally {
            connection.closeDispatcher(dispatcher);
        }
    }
}
