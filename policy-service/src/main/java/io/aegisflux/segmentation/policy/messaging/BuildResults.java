package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.SigningKeys;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.UntrustedEnvelopeException;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.policy.domain.ManifestGate;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** What the builder announces, once it is proven that it was the builder. */
@ApplicationScoped
public class BuildResults {
    private static final Logger LOG = Logger.getLogger(BuildResults.class);

    private final ManifestGate gate;
    private final OwnReports reports;
    private final boolean verified;

    /** Only its own thread asks, in the stream's order, and again from the beginning after a reconnection. */
    private volatile long reported;

    @Inject
    public BuildResults(OwnReports reports, @ConfigProperty(name = "artifact.keys") Optional<List<Path>> publicKeys) {
        this.reports = reports;
        this.verified = publicKeys.isPresent();
        this.gate = new ManifestGate(publicKeys.map(SigningKeys::verifier));
    }

    void start(@Observes StartupEvent event) {
        if (!verified) {
            LOG.warn("ARTIFACT_KEYS is not set: any artifact that is announced is told to the hosts, which verify it."
                    + " Name the builder's public key file to have announcements verified here");
        }
    }

    /** The manifest that a message announces; empty when it is refused, which is reported. */
    Optional<ArtifactManifest> manifest(byte[] data, NatsMetadata metadata) {
        try {
            return Optional.of(gate.manifest(data));
        } catch (MalformedMessageException | UntrustedEnvelopeException e) {
            if (metadata.sequence() > reported) {
                reported = metadata.sequence();
                reports.complain(
                        SystemEvent.ARTIFACT_REJECTED,
                        "builds",
                        "an announced artifact is refused, the known one stays: " + e.getMessage(),
                        Map.of("subject", metadata.subject(), "sequence", metadata.sequence()),
                        "artifact-rejected-" + metadata.sequence());
            }
            return Optional.empty();
        }
    }
}
