package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.policy.domain.PolicyBook;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready when all that the streams hold is known, so that hosts are told what to enforce and requests are answered; says
 * what stands in the way.
 */
@Readiness
@ApplicationScoped
public class WorldReadiness implements HealthCheck {
    private final WorldState world;
    private final PolicyEndpoints api;

    @Inject
    public WorldReadiness(WorldState world, PolicyEndpoints api) {
        this.world = world;
        this.api = api;
    }

    @Override
    public HealthCheckResponse call() {
        PolicyBook policies = world.now().policies();
        List<String> unreadable = policies.unreadable().stream()
                .map(entry -> "%s version %d"
                        .formatted(entry.stored().policyId(), entry.stored().version()))
                .toList();
        return HealthCheckResponse.named("world")
                .status(world.isComplete() && api.isAnswering() && unreadable.isEmpty())
                .withData("streams", world.isComplete() ? "read" : "being read")
                .withData("api", api.isAnswering() ? "answers" : "does not answer yet")
                .withData("policies", policies.alive().size())
                .withData("hosts", world.now().hosts().reports().size())
                .withData("refused by this release", String.join(", ", unreadable))
                .build();
    }
}
