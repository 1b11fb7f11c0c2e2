package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Quoted;
import io.aegisflux.segmentation.contracts.Rollout;
import io.aegisflux.segmentation.contracts.RolloutChange;
import io.aegisflux.segmentation.contracts.RolloutList;
import io.aegisflux.segmentation.contracts.RolloutRequest;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.ApiException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** How rollouts stand, and how clients change them: rollout, rollout_change, rollouts. */
@ApplicationScoped
public class RolloutVerbs implements PolicyVerbs {
    private static final Duration LAG = Duration.ofSeconds(2);
    private static final Duration SOON = Duration.ofMillis(10);

    private final WorldState world;
    private final RolloutWatch watch;
    private final RolloutStore store;

    @Inject
    public RolloutVerbs(WorldState world, RolloutWatch watch, RolloutStore store) {
        this.world = world;
        this.watch = watch;
        this.store = store;
    }

    @Override
    public Map<String, UnaryOperator<byte[]>> verbs() {
        return Map.of(
                PolicyApi.ROLLOUT,
                request -> Wire.write(
                        status(Wire.read(request, RolloutRequest.class).policyId())),
                PolicyApi.ROLLOUT_CHANGE,
                request -> Wire.write(change(Wire.read(request, RolloutChange.class))),
                PolicyApi.ROLLOUTS,
                request -> Wire.write(new RolloutList(watch.all())));
    }

    private RolloutStatus status(PolicyId policy) {
        return watch.status(policy)
                .orElseThrow(() -> new ApiException(
                        ApiError.NOT_FOUND,
                        world.now()
                                .policies()
                                .latest(policy)
                                .map(latest -> "version %d of %s is not staged: it is for all hosts at once"
                                        .formatted(latest.version(), policy))
                                .orElse("no policy is called " + policy),
                        "segmentation.api.policy.rollouts names those that are"));
    }

    private RolloutStatus change(RolloutChange wanted) {
        StoredPolicy staged = staged(wanted);
        RolloutState next = next(wanted.action());
        Optional<Rollout> decision = store.decide(staged, next, reason(wanted), Rollout.CLIENT, wanted.author());
        if (decision.isEmpty()) {
            throw new ApiException(
                    ApiError.VERSION_CONFLICT,
                    "the rollout of %s version %d is %s already; nothing has changed"
                            .formatted(
                                    staged.policyId(),
                                    staged.version(),
                                    store.stateOf(staged).wireName()),
                    "look at segmentation.api.policy.rollout");
        }
        awaitKnown(decision.get());
        return status(staged.policyId());
    }

    private StoredPolicy staged(RolloutChange wanted) {
        RolloutStatus now = status(wanted.policyId());
        StoredPolicy latest = world.now().policies().latest(wanted.policyId()).orElseThrow();
        if (wanted.version() != null && wanted.version() != now.version()) {
            throw new ApiException(
                    ApiError.VERSION_CONFLICT,
                    "version %d of %s is staged, not %d; nothing has changed"
                            .formatted(now.version(), wanted.policyId(), wanted.version()),
                    "look at segmentation.api.policy.rollout");
        }
        return latest;
    }

    private static RolloutState next(String action) {
        return switch (action) {
            case RolloutChange.PAUSE -> RolloutState.PAUSED;
            case RolloutChange.RESUME -> RolloutState.RUNNING;
            case RolloutChange.PROMOTE -> RolloutState.PROMOTED;
            default -> RolloutState.ABORTED;
        };
    }

    private static String reason(RolloutChange wanted) {
        return wanted.reason() == null || wanted.reason().isBlank()
                ? "a client asked for it"
                : Quoted.cleaned(wanted.reason(), RolloutChange.LONGEST_REASON);
    }

    /** So that the answer tells of it; the follower brings it within milliseconds. */
    private void awaitKnown(Rollout decision) {
        long deadline = System.nanoTime() + LAG.toNanos();
        while (!world.now()
                        .rollouts()
                        .of(decision.policyId(), decision.version())
                        .filter(decision::equals)
                        .isPresent()
                && System.nanoTime() < deadline) {
            Pause.of(SOON);
        }
    }
}
