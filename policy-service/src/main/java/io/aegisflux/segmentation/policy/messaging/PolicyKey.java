package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.EnvelopeSigner;
import io.aegisflux.segmentation.contracts.EnvelopeVerifier;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.SigningKeys;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The key that makes a desired state our word; all instances have the same. */
@ApplicationScoped
public class PolicyKey {
    private final EnvelopeSigner signer;
    private final EnvelopeVerifier verifier;

    @Inject
    public PolicyKey(@ConfigProperty(name = "policy.signing.key") Path file) {
        this.signer = SigningKeys.signer(file);
        this.verifier = SigningKeys.verifier(List.of(SigningKeys.publicFile(file)));
    }

    /** A key that cannot be used stops the start, not the first change. */
    void start(@Observes StartupEvent event) {}

    SignedEnvelope sign(byte[] state) {
        return signer.sign(SignedEnvelope.DESIRED_STATE, state);
    }

    /** Trusts this key alone. */
    EnvelopeVerifier verifier() {
        return verifier;
    }
}
