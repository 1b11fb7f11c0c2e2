package io.aegisflux.segmentation.harness;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * Gives the tests of a class a broker: a container where SEGMENTATION_TEST_BROKER is {@code docker} and a Docker engine
 * answers (image NATS_IMAGE, default {@code nats:2.15}), else the local binary.
 */
public final class NatsServerExtension implements BeforeAllCallback, AfterAllCallback {
    private NatsServer server;
    private GenericContainer<?> container;

    @Override
    public void beforeAll(ExtensionContext context) {
        if ("docker".equals(System.getenv("SEGMENTATION_TEST_BROKER"))) {
            startContainer();
        } else {
            server = NatsServer.start();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (server != null) {
            server.close();
        }
        if (container != null) {
            container.close();
        }
    }

    public String url() {
        return server != null
                ? server.url()
                : "nats://%s:%d".formatted(container.getHost(), container.getMappedPort(4222));
    }

    /**
     * The process, for tests that stop and start it.
     *
     * @throws IllegalStateException when the broker is a container
     */
    public NatsServer server() {
        if (server == null) {
            throw new IllegalStateException(
                    "this test stops its broker and needs the local binary: unset" + " SEGMENTATION_TEST_BROKER");
        }
        return server;
    }

    private void startContainer() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new IllegalStateException(
                    "SEGMENTATION_TEST_BROKER is docker, but no Docker engine answers: start one, or unset it");
        }
        String image = System.getenv().getOrDefault("NATS_IMAGE", "nats:2.15");
        container = new GenericContainer<>(DockerImageName.parse(image))
                .withCommand("-js")
                .withExposedPorts(4222)
                .waitingFor(Wait.forLogMessage(".*Server is ready.*", 1));
        container.start();
    }
}
