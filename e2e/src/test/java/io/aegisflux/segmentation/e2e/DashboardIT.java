package io.aegisflux.segmentation.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.aegisflux.segmentation.contracts.SigningKeys;
import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.Repository;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.harness.WebSocketAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The dashboard in a real browser, with a real broker, policy-service and telemetry-service; hosts are told of by the tests.
 * They are in {@code telemetry-service/src/main/webui/browser}.
 */
class DashboardIT {
    private static final Path WEBUI = Repository.root().resolve("telemetry-service/src/main/webui");
    private static final Path SCREENSHOTS = Repository.root().resolve("e2e/target/screenshots");
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    static Path directory;

    private static NatsServer nats;
    private static ServiceProcess policies;
    private static ServiceProcess telemetry;
    private static HttpServer control;

    @BeforeAll
    static void start() throws IOException {
        int page = NatsServer.freePort();
        int webSocket = NatsServer.freePort();
        nats = NatsServer.start(
                NatsBinary.find(),
                LOOPBACK,
                NatsServer.freePort(),
                WebSocketAccess.configuration(LOOPBACK, webSocket, "http://%s:%d".formatted(LOOPBACK, page)));
        SigningKeys.signer(directory.resolve("policy.pem"));
        policies = ServiceProcess.start(
                "policy-service",
                Map.of(
                        "NATS_URL", nats.url(),
                        "POLICY_SIGNING_KEY", directory.resolve("policy.pem").toString()),
                directory.resolve("policy-service.log"));
        telemetry = ServiceProcess.start(
                "telemetry-service",
                Map.of(
                        "NATS_URL", nats.url(),
                        "QUARKUS_HTTP_PORT", Integer.toString(page),
                        "SEGMENTATION_DASHBOARD_NATS_URL", "ws://%s:%d".formatted(LOOPBACK, webSocket)),
                directory.resolve("telemetry-service.log"));
        policies.awaitReady(PATIENCE);
        telemetry.awaitReady(PATIENCE);
        control = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve("/broker/stop", nats::stop);
        serve("/broker/start", nats::startAgain);
        control.start();
        Files.createDirectories(SCREENSHOTS);
    }

    private static void serve(String path, Runnable action) {
        control.createContext(path, exchange -> {
            action.run();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
    }

    @AfterAll
    static void stop() {
        if (control != null) {
            control.stop(0);
        }
        Stream.of(telemetry, policies).filter(each -> each != null).forEach(ServiceProcess::close);
        if (nats != null) {
            nats.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> inTheBrowser() throws Exception {
        Path report = directory.resolve("report.xml");
        Path log = directory.resolve("browser.log");
        ProcessBuilder node = new ProcessBuilder(
                        "node",
                        "--test",
                        "--test-reporter=junit",
                        "--test-reporter-destination=" + report,
                        "--test-reporter=spec",
                        "--test-reporter-destination=stdout",
                        "target/browser/")
                .directory(WEBUI.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        node.environment()
                .putAll(Map.of(
                        "PAGE_URL", telemetry.http(),
                        "NATS_URL", nats.url(),
                        "CONTROL_URL",
                                "http://%s:%d"
                                        .formatted(
                                                LOOPBACK, control.getAddress().getPort()),
                        "SCREENSHOTS", SCREENSHOTS.toString()));
        Process process = node.start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly();
        }
        String output = Files.readString(log);
        assertThat(ended).as(output).isTrue();
        List<Element> cases = cases(report);
        assertThat(cases).as(output).isNotEmpty();
        return cases.stream()
                .map(each -> DynamicTest.dynamicTest(each.getAttribute("name"), () -> {
                    NodeList failures = each.getElementsByTagName("failure");
                    assertThat(failures.getLength())
                            .as("%s%n%s", output, telemetry.tail())
                            .isZero();
                }));
    }

    private static List<Element> cases(Path report) throws Exception {
        NodeList found = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("testcase");
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> (Element) found.item(i))
                .toList();
    }
}
