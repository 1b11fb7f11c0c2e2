package io.aegisflux.segmentation.builder.http;

import io.aegisflux.segmentation.builder.messaging.Shortcomings;
import io.aegisflux.segmentation.builder.sandbox.Sandbox;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready when a request would find all that a build needs; says what is missing, and the remedy. */
@Readiness
@ApplicationScoped
public class BuilderReadiness implements HealthCheck {
    private final Shortcomings shortcomings;
    private final Sandbox sandbox;

    @Inject
    public BuilderReadiness(Shortcomings shortcomings, Sandbox sandbox) {
        this.shortcomings = shortcomings;
        this.sandbox = sandbox;
    }

    @Override
    public HealthCheckResponse call() {
        List<String> problems = shortcomings.problems();
        HealthCheckResponseBuilder answer =
                HealthCheckResponse.named("builder").status(problems.isEmpty()).withData("sandbox", sandbox.words());
        number(answer, "problem ", problems);
        number(answer, "left out ", shortcomings.leftOut());
        return answer.build();
    }

    private static void number(HealthCheckResponseBuilder answer, String word, List<String> texts) {
        for (int i = 0; i < texts.size(); i++) {
            answer.withData(word + (i + 1), texts.get(i));
        }
    }
}
