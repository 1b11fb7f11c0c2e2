package io.aegisflux.segmentation.agent.messaging;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Hears the broker's "look again". Whatever such a message holds is not looked at. */
@ApplicationScoped
public class Doorbell {
    private final Ring agent;

    /** Who is told. */
    @FunctionalInterface
    public interface Ring {
        /** The desired state may have changed. Returns at once. */
        void ring();
    }

    @Inject
    public Doorbell(Ring agent) {
        this.agent = agent;
    }

    @Incoming("doorbell")
    public void rung(byte[] ignored) {
        agent.ring();
    }
}
