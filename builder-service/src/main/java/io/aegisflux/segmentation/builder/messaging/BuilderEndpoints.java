package io.aegisflux.segmentation.builder.messaging;

import io.aegisflux.segmentation.builder.clang.ToolFinder;
import io.aegisflux.segmentation.builder.clang.ToolMissingException;
import io.aegisflux.segmentation.builder.clang.ToolName;
import io.aegisflux.segmentation.builder.clang.ToolVersions;
import io.aegisflux.segmentation.builder.clang.TrialLoad;
import io.aegisflux.segmentation.builder.sandbox.Sandbox;
import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.BuilderApi;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.ApiEndpoints;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.Heartbeat;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** {@code segmentation.api.builder.status}, and the heartbeat. */
@ApplicationScoped
public class BuilderEndpoints {
    private final Bus bus;
    private final BuildLedger ledger;
    private final BuildResults results;
    private final Shortcomings shortcomings;
    private final ToolFinder finder;
    private final ToolVersions versions;
    private final Sandbox sandbox;
    private final TrialLoad trial;
    private final String version;
    private final MeterRegistry metrics;
    private volatile ApiEndpoints endpoints;
    private volatile Heartbeat heartbeat;

    @Inject
    public BuilderEndpoints(
            Bus bus,
            BuildLedger ledger,
            BuildResults results,
            Shortcomings shortcomings,
            ToolFinder finder,
            ToolVersions versions,
            Sandbox sandbox,
            TrialLoad trial,
            @ConfigProperty(name = "quarkus.application.version") String version,
            MeterRegistry metrics) {
        this.bus = bus;
        this.ledger = ledger;
        this.results = results;
        this.shortcomings = shortcomings;
        this.finder = finder;
        this.versions = versions;
        this.sandbox = sandbox;
        this.trial = trial;
        this.version = version;
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        heartbeat = Heartbeat.start(bus, version, this::figures);
        Thread.ofVirtual()
                .name("builder-api")
                .start(() -> endpoints = ApiEndpoints.start(
                        bus,
                        BuilderApi.SERVICE,
                        version.replaceFirst("-.*", ""),
                        Map.of(BuilderApi.STATUS, request -> Wire.write(status())),
                        metrics));
    }

    void stop(@Observes ShutdownEvent event) {
        heartbeat.close();
        if (endpoints != null) {
            endpoints.close();
        }
    }

    private Map<String, Object> figures() {
        return Map.of(
                "artifacts",
                ledger.now().byInputs().size(),
                "problems",
                shortcomings.problems(),
                "sandbox",
                sandbox.words(),
                "sandboxed",
                sandbox.hasNamespaces(),
                "trial_load",
                trial.words());
    }

    private BuilderApi.StatusReply status() {
        List<String> problems = shortcomings.problems();
        return new BuilderApi.StatusReply(
                problems.isEmpty(),
                Stream.concat(problems.stream(), shortcomings.leftOut().stream())
                        .toList(),
                Stream.of(ToolName.values()).map(this::tool).toList(),
                sandbox.words(),
                sandbox.hasNamespaces(),
                trial.words(),
                results.last().orElse(null),
                ledger.now().latest().stream().map(BuilderEndpoints::artifact).toList());
    }

    private BuilderApi.Tool tool(ToolName name) {
        String path = null;
        try {
            path = finder.find(name).toString();
            return new BuilderApi.Tool(name.word(), path, versions.of(name));
        } catch (ToolMissingException e) {
            return new BuilderApi.Tool(name.word(), path, null); // the problems say why
        }
    }

    private static BuilderApi.Artifact artifact(ArtifactManifest manifest) {
        return new BuilderApi.Artifact(manifest.spec(), manifest.version(), manifest.artifact(), manifest.builtAt());
    }
}
