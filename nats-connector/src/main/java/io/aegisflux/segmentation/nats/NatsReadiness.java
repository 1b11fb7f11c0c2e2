package io.aegisflux.segmentation.nats;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;

/** Ready when the broker is there and every channel pulls; says which does not, and why. */
@Readiness
@ApplicationScoped
public class NatsReadiness implements HealthCheck {
    private final Bus bus;
    private final NatsConnector connector;

    @Inject
    public NatsReadiness(Bus bus, @Any @Connector(NatsConnector.NAME) NatsConnector connector) {
        this.bus = bus;
        this.connector = connector;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder answer =
                HealthCheckResponse.named("nats").status(bus.isConnected()).withData("connection", bus.state());
        for (ChannelState channel : connector.channels()) {
            String trouble = channel.trouble();
            answer.withData(channel.name(), trouble == null ? "pulling" : trouble);
            if (trouble != null) {
                answer.down();
            }
        }
        return answer.build();
    }
}
