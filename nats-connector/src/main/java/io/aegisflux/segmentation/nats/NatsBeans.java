package io.aegisflux.segmentation.nats;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.Config;

/** Makes the process' bus and what hangs off it. */
@ApplicationScoped
public class NatsBeans {
    @Produces
    @Singleton
    Bus bus(Config config) {
        return Bus.connect(NatsSettings.from(config));
    }

    void close(@Disposes Bus bus) {
        bus.close();
    }

    @Produces
    @Singleton
    VerifiedObjects objects(Bus bus) {
        return new VerifiedObjects(bus);
    }
}
