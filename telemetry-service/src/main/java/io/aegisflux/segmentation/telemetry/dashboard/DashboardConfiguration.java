package io.aegisflux.segmentation.telemetry.dashboard;

import io.aegisflux.segmentation.contracts.Wire;
import io.quarkus.runtime.Startup;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** {@code /ui-config.json}. What is no address of a broker keeps the service from starting. */
@Startup
@Path("/ui-config.json")
public class DashboardConfiguration {
    private final byte[] body;

    @Inject
    public DashboardConfiguration(@ConfigProperty(name = "segmentation.dashboard.nats-url") URI natsUrl) {
        body = Wire.write(new DashboardSettings(natsUrl));
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response get() {
        return Response.ok(body).header("Cache-Control", "no-cache").build();
    }
}
