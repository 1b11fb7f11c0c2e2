package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.ApiException;
import io.aegisflux.segmentation.policy.domain.Linting;
import io.aegisflux.segmentation.policy.domain.World;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What may not be meant so: lint. */
@ApplicationScoped
public class PolicyLinting implements PolicyVerbs {
    private final WorldState world;

    @Inject
    public PolicyLinting(WorldState world) {
        this.world = world;
    }

    @Override
    public Map<String, UnaryOperator<byte[]>> verbs() {
        return Map.of(PolicyApi.LINT, this::lint);
    }

    private byte[] lint(byte[] request) {
        PolicyApi.LintRequest wanted = Wire.read(request, PolicyApi.LintRequest.class);
        World known = world.now();
        Linting linting = wanted.documents().isEmpty()
                ? Linting.ofStore(wanted, known, Instant.now())
                : Linting.ofCandidates(wanted.documents(), known, Instant.now());
        return switch (linting) {
            case Linting.Judged(PolicyApi.LintReply reply) -> Wire.write(reply);
            case Linting.Refused(List<Violation> violations) ->
                throw new ApiException(new ApiError(
                        ApiError.INVALID_POLICY,
                        "%d violations; nothing was judged".formatted(violations.size()),
                        "mend what the violations name and ask again",
                        violations));
            case Linting.NotThere(PolicyId policy) -> throw PolicyQueries.notFound(policy);
        };
    }
}
