package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Rollout;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.nats.ApiException;
import io.aegisflux.segmentation.policy.domain.DesiredBook;
import io.aegisflux.segmentation.policy.domain.DesiredRecord;
import io.aegisflux.segmentation.policy.domain.HostBook;
import io.aegisflux.segmentation.policy.domain.PolicyBook;
import io.aegisflux.segmentation.policy.domain.RolloutBook;
import io.aegisflux.segmentation.policy.domain.World;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What holds now and what held before: get, history, list, hosts, evaluate. */
@ApplicationScoped
public class PolicyQueries implements PolicyVerbs {
    private final WorldState world;
    private final DesiredLog desired;
    private final VersionStore store;

    @Inject
    public PolicyQueries(WorldState world, DesiredLog desired, VersionStore store) {
        this.world = world;
        this.desired = desired;
        this.store = store;
    }

    @Override
    public Map<String, UnaryOperator<byte[]>> verbs() {
        return Map.of(
                PolicyApi.GET,
                this::get,
                PolicyApi.HISTORY,
                this::history,
                PolicyApi.LIST,
                this::list,
                PolicyApi.HOSTS,
                this::hosts,
                PolicyApi.EVALUATE,
                this::evaluate);
    }

    private byte[] get(byte[] request) {
        PolicyApi.GetRequest wanted = Wire.read(request, PolicyApi.GetRequest.class);
        StoredPolicy latest =
                world.now().policies().latest(wanted.policyId()).orElseThrow(() -> notFound(wanted.policyId()));
        if (wanted.version() == null) {
            if (latest.isDeleted()) {
                throw new ApiException(
                        ApiError.NOT_FOUND,
                        "policy %s was deleted with version %d".formatted(latest.policyId(), latest.version()),
                        "ask for version %d to see what it was".formatted(latest.version() - 1));
            }
            return Wire.write(latest);
        }
        return Wire.write(store.version(wanted.policyId(), wanted.version())
                .orElseThrow(() -> new ApiException(
                        ApiError.NOT_FOUND,
                        "policy %s has no version %d".formatted(wanted.policyId(), wanted.version()),
                        "its latest is %d".formatted(latest.version()))));
    }

    private byte[] history(byte[] request) {
        PolicyApi.HistoryRequest wanted = Wire.read(request, PolicyApi.HistoryRequest.class);
        int limit = wanted.limit() == null ? PolicyApi.HistoryRequest.DEFAULT : wanted.limit();
        List<StoredPolicy> versions = store.last(wanted.policyId(), limit);
        if (versions.isEmpty()) {
            throw notFound(wanted.policyId());
        }
        RolloutBook rollouts = world.now().rollouts();
        return Wire.write(new PolicyApi.HistoryReply(
                wanted.policyId(),
                versions.stream()
                        .map(stored -> summary(stored, versions.getFirst().version(), rollouts))
                        .toList()));
    }

    private byte[] list(byte[] request) {
        World known = world.now();
        List<PolicyApi.Summary> rows = known.policies().alive().stream()
                .map(entry -> summary(entry, known.rollouts()))
                .toList();
        DesiredBook told = desired.now();
        long revision = told.told().values().stream()
                .mapToLong(DesiredRecord::revision)
                .max()
                .orElse(0);
        return Wire.write(new PolicyApi.ListReply(rows, told.epoch(), revision));
    }

    private byte[] hosts(byte[] request) {
        DesiredBook told = desired.now();
        HostBook known = world.now().hosts();
        return Wire.write(new PolicyApi.HostsReply(known.all().stream()
                .map(report -> summary(report, known.reportedAt().get(report.hostId()), told.of(report.hostId())))
                .toList()));
    }

    private byte[] evaluate(byte[] request) {
        PolicyApi.EvaluateRequest wanted = Wire.read(request, PolicyApi.EvaluateRequest.class);
        World known = world.now();
        CapabilityReport host = host(known, wanted.hostId());
        try {
            return Wire.write(Evaluator.forFew(known.table(host)).decide(wanted.packet(), Instant.now()));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("not a packet: " + e.getMessage(), e);
        }
    }

    /** Nothing is said of what has left the rollouts' stream. */
    private static PolicyApi.VersionSummary summary(StoredPolicy stored, long latest, RolloutBook rollouts) {
        RolloutState rollout = null;
        if (stored.canary() != null) {
            rollout = rollouts.of(stored.policyId(), stored.version())
                    .map(Rollout::state)
                    .orElse(stored.version() == latest ? RolloutState.RUNNING : null);
        }
        return new PolicyApi.VersionSummary(
                stored.version(), stored.action(), stored.digest(), stored.storedAt(), rollout, stored.author());
    }

    private static PolicyApi.Summary summary(PolicyBook.Entry latest, RolloutBook rollouts) {
        RolloutState state = rollouts.stateOf(latest.stored());
        boolean everywhere = state == RolloutState.PROMOTED;
        PolicyBook.Entry entry = everywhere || latest.base() == null ? latest : latest.base();
        return new PolicyApi.Summary(
                entry.stored().policyId(),
                entry.stored().version(),
                entry.policy().name(),
                entry.policy().type().word(),
                entry.policy().priority(),
                entry.policy().enabled(),
                entry.policy().mode(),
                entry.policy().rules().size(),
                entry.stored().storedAt(),
                everywhere ? null : new PolicyApi.Staged(latest.stored().version(), state));
    }

    private static PolicyApi.HostSummary summary(CapabilityReport report, Instant reportedAt, DesiredRecord told) {
        return new PolicyApi.HostSummary(
                report.hostId(), told.epoch(), told.revision(), report.labels(), report.addresses(), reportedAt);
    }

    /** The report of a host, or the refusal of who asks for one that has not reported. */
    static CapabilityReport host(World known, HostId host) {
        return Optional.ofNullable(known.hosts().reports().get(host))
                .orElseThrow(() -> new ApiException(
                        ApiError.NOT_FOUND,
                        "no host %s has reported".formatted(host),
                        "segmentation.api.policy.hosts lists those that have"));
    }

    static ApiException notFound(PolicyId policy) {
        return new ApiException(
                ApiError.NOT_FOUND, "no policy is called " + policy, "segmentation.api.policy.list names them all");
    }
}
