package io.aegisflux.segmentation.agent.http;

import io.aegisflux.segmentation.agent.Agent;
import io.aegisflux.segmentation.contracts.Wire;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code /healthz} and {@code /status}, in the JSON of the bus. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public class StatusResource {
    private final Agent agent;

    @Inject
    public StatusResource(Agent agent) {
        this.agent = agent;
    }

    /** 200 while the host enforces what was last accepted, else 503 with the reason. */
    @GET
    @Path("healthz")
    public Response healthz() {
        Optional<String> complaint = agent.standing().now().complaint();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", complaint.isEmpty() ? "ok" : "unavailable");
        body.put("state", agent.standing().now().name());
        complaint.ifPresent(reason -> body.put("reason", reason));
        return Response.status(complaint.isEmpty() ? Response.Status.OK : Response.Status.SERVICE_UNAVAILABLE)
                .entity(Wire.write(body))
                .build();
    }

    /** Everything that is known, as {@link io.aegisflux.segmentation.agent.AgentStatus}. */
    @GET
    @Path("status")
    public Response status() {
        return Response.ok(Wire.write(agent.status())).build();
    }
}
