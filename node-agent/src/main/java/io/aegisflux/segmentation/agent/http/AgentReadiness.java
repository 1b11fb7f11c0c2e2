package io.aegisflux.segmentation.agent.http;

import io.aegisflux.segmentation.agent.Agent;
import io.aegisflux.segmentation.agent.domain.Lifecycle;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready once what was in force is taken over. The broker is told of, but an agent without one is no less ready: it goes
 * on enforcing.
 */
@Readiness
@ApplicationScoped
public class AgentReadiness implements HealthCheck {
    private final Agent agent;

    @Inject
    public AgentReadiness(Agent agent) {
        this.agent = agent;
    }

    @Override
    public HealthCheckResponse call() {
        Lifecycle state = agent.standing().now();
        return HealthCheckResponse.named("agent")
                .status(!(state instanceof Lifecycle.Starting))
                .withData("state", state.name())
                .withData("nats", agent.busState())
                .build();
    }
}
