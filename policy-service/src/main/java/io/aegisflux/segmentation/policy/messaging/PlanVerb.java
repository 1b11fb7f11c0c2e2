package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.ApiException;
import io.aegisflux.segmentation.policy.domain.Candidates;
import io.aegisflux.segmentation.policy.domain.Planning;
import io.aegisflux.segmentation.policy.domain.World;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What a change of policies would have done: plan. */
@ApplicationScoped
public class PlanVerb implements PolicyVerbs {
    private final WorldState world;
    private final FlowHistory history;

    @Inject
    public PlanVerb(WorldState world, FlowHistory history) {
        this.world = world;
        this.history = history;
    }

    @Override
    public Map<String, UnaryOperator<byte[]>> verbs() {
        return Map.of(PolicyApi.PLAN, this::plan);
    }

    private byte[] plan(byte[] request) {
        PolicyApi.PlanRequest wanted = Wire.read(request, PolicyApi.PlanRequest.class);
        World known = world.now();
        Candidates candidates = switch (Candidates.of(known.policies(), wanted.documents(), wanted.deletions())) {
            case Candidates.Result.Fit(Candidates fit) -> fit;
            case Candidates.Result.Unfit(List<Violation> violations) ->
                throw new ApiException(new ApiError(
                        ApiError.INVALID_POLICY, "not every document is a policy", "see the violations", violations));
        };
        Instant now = Instant.now();
        int rows = wanted.rows() == null ? PolicyApi.PlanRequest.DEFAULT : wanted.rows();
        return history.read(
                wanted.from(),
                wanted.to() == null ? now : wanted.to(),
                window -> Wire.write(new Planning(known, candidates, now)
                        .plan(window.flows(), window.evidence(known.hosts()), rows)));
    }
}
