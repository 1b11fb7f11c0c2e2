package io.aegisflux.segmentation.builder;

import io.aegisflux.segmentation.builder.clang.Compiler;
import io.aegisflux.segmentation.builder.clang.HostBtfFolder;
import io.aegisflux.segmentation.builder.clang.Materials;
import io.aegisflux.segmentation.builder.clang.SourceFiles;
import io.aegisflux.segmentation.builder.clang.ToolFinder;
import io.aegisflux.segmentation.builder.clang.ToolVersions;
import io.aegisflux.segmentation.builder.clang.TrialLoad;
import io.aegisflux.segmentation.builder.config.BuilderSettings;
import io.aegisflux.segmentation.builder.objectstore.ArtifactStore;
import io.aegisflux.segmentation.builder.pipeline.Manifests;
import io.aegisflux.segmentation.builder.pipeline.Workshop;
import io.aegisflux.segmentation.builder.sandbox.BpfGround;
import io.aegisflux.segmentation.builder.sandbox.Sandbox;
import io.aegisflux.segmentation.builder.sandbox.Workspace;
import io.aegisflux.segmentation.nats.VerifiedObjects;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/** Puts the parts together. */
@ApplicationScoped
public class BuilderBeans {
    private static final Logger LOG = Logger.getLogger(BuilderBeans.class);

    @Produces
    @Singleton
    BuilderSettings settings(Config config) {
        return BuilderSettings.from(config);
    }

    @Produces
    @Singleton
    Manifests manifests(BuilderSettings settings) {
        return Manifests.of(settings.signingKey());
    }

    @Produces
    @Singleton
    Sandbox sandbox(BuilderSettings settings) {
        try {
            Sandbox sandbox = Sandbox.on(new Workspace(settings.output().orElseGet(BuilderBeans::temporaryFolder)));
            LOG.infof("tools run in %s", sandbox.words());
            return sandbox;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at the start", e);
        }
    }

    @Produces
    @Singleton
    ToolFinder toolFinder(BuilderSettings settings) {
        return new ToolFinder(settings.tools(), System.getenv().getOrDefault("PATH", ""));
    }

    @Produces
    @Singleton
    ToolVersions versions(ToolFinder finder, Sandbox sandbox) {
        return new ToolVersions(finder, sandbox);
    }

    @Produces
    @Singleton
    HostBtfFolder hostBtf(BuilderSettings settings) {
        return new HostBtfFolder(settings.hostBtf());
    }

    @Produces
    @Singleton
    Materials materials(BuilderSettings settings, ToolVersions versions, HostBtfFolder hostBtf) {
        return new Materials(
                new SourceFiles(settings.sources(), settings.headers()), versions, settings.btf(), hostBtf);
    }

    @Produces
    @Singleton
    TrialLoad trialLoad(Sandbox sandbox, ToolFinder finder) {
        TrialLoad trial = new TrialLoad(new BpfGround(sandbox), finder);
        LOG.infof("trial load of objects before they are signed: %s", trial.words());
        return trial;
    }

    @Produces
    @Singleton
    Workshop workshop(
            Materials materials,
            ToolFinder finder,
            Sandbox sandbox,
            TrialLoad trial,
            Manifests manifests,
            VerifiedObjects objects) {
        return new Workshop(
                materials, new Compiler(materials, finder, sandbox, trial), manifests, new ArtifactStore(objects));
    }

    private static Path temporaryFolder() {
        try {
            Path folder = Files.createTempDirectory("aegisflux-builds-");
            folder.toFile().deleteOnExit(); // every build removes its own directory, so it is empty by then
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder can be made: name one in BUILD_OUTPUT_DIR", e);
        }
    }
}
