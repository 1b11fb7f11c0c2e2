package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.policy.domain.Suggesting;
import io.aegisflux.segmentation.policy.domain.World;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;

/** An allow list of what was observed: suggest. */
@ApplicationScoped
public class SuggestVerb implements PolicyVerbs {
    private final WorldState world;
    private final FlowHistory history;

    @Inject
    public SuggestVerb(WorldState world, FlowHistory history) {
        this.world = world;
        this.history = history;
    }

    @Override
    public Map<String, UnaryOperator<byte[]>> verbs() {
        return Map.of(PolicyApi.SUGGEST, this::suggest);
    }

    private byte[] suggest(byte[] request) {
        PolicyApi.SuggestRequest wanted = Wire.read(request, PolicyApi.SuggestRequest.class);
        World known = world.now();
        Instant now = Instant.now();
        return history.read(
                wanted.from(),
                wanted.to() == null ? now : wanted.to(),
                window -> Wire.write(
                        new Suggesting(known, wanted, now).suggest(window.flows(), window.evidence(known.hosts()))));
    }
}
