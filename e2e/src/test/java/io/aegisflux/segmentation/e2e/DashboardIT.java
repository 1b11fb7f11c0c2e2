package io.aegisflux.segmentation.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.harness.Directories;
import io.aegisflux.segmentation.harness.NeedsKernel;
import io.aegisflux.segmentation.harness.Repository;
import io.aegisflux.segmentation.harness.WebSocketAccess;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/**
 * The dashboard in a real browser, beside the real suite: what it shows are connections that processes in network namespaces
 * opened and that the kernel let pass or dropped. The tests are in {@code telemetry-service/src/main/webui/browser}; what
 * they cannot do themselves they ask of a small HTTP server here.
 */
@NeedsKernel
class DashboardIT {
    private static final String NAME = "aegisui";
    private static final Path WEBUI = Repository.root().resolve("telemetry-service/src/main/webui");
    private static final Path HOME = Repository.root().resolve("e2e/target/dashboard");
    private static final Path SCREENSHOTS = Repository.root().resolve("e2e/target/screenshots");
    private static final int DATABASE = 5432;
    private static final int MILLIS = 500;

    private static Playground playground;
    private static Suite suite;
    private static BusWatch bus;
    private static final Map<String, Workload> workloads = new LinkedHashMap<>();
    private static HttpServer control;

    @BeforeAll
    static void start() throws IOException {
        Directories.delete(HOME);
        try {
            playground = Playground.create(NAME, 88);
            suite = Suite.start(playground, HOME);
            suite.startServices();
            suite.startAgents();
            bus = BusWatch.on(suite.nats().url());
            Host hostA = playground.hostA();
            workloads.put("web", Workload.start(playground.web(), 80));
            workloads.put("api", Workload.start(playground.api(), 80));
            workloads.put("db", Workload.start(playground.db(), DATABASE));
            workloads.put(
                    "host-a",
                    Workload.start(
                            new Playground.Place("host-a", hostA.namespace(), hostA.ipv4(), hostA.ipv6(), hostA)));
            apply("web-db", "host-b", Files.readString(Repository.root().resolve("examples/web-db.json")));
            apply("no-vnc", "host-b", deny("no-vnc", "data", "ingress", "enforce", 5901, 5902));
            apply("trial", "host-a", deny("trial", "front", "ingress", "audit", 80));
            apply("no-telnet", "host-a", deny("no-telnet", "front", "egress", "enforce", 23));
            serve();
            Files.createDirectories(SCREENSHOTS);
        } catch (IOException | RuntimeException e) {
            stop();
            throw e;
        }
    }

    private static void apply(String id, String host, String document) {
        bus.publish(id, document.getBytes(StandardCharsets.UTF_8));
        bus.awaitUpdate(host, id, DashboardIT::isApplied);
    }

    private static boolean isApplied(PolicyUpdate update) {
        return "applied".equals(update.metadata().get("result"));
    }

    private static String deny(String id, String role, String direction, String mode, Integer... ports) {
        return """
                {"id": "%s", "name": "Nobody needs these ports", "type": "network", "priority": 200, "mode": "%s",
                 "applies_to": {"labels": {"role": "%s"}}, "direction": "%s", "default_action": "none",
                 "rules": [{"id": "closed", "action": "deny", "priority": 1, "conditions": [
                   {"field": "dest_port", "operator": "in", "value": %s}]}]}""".formatted(id, mode, role, direction, List.of(ports));
    }

    /**
     * {@code /broker/stop}, {@code /broker/start/<user>} as whom pages come in, and {@code /connect/<workload>/<workload>/<port>},
     * which answers with true when the connection worked.
     */
    private static void serve() throws IOException {
        control = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        control.createContext("/", exchange -> {
            List<String> words =
                    List.of(exchange.getRequestURI().getPath().substring(1).split("/"));
            byte[] answer = Boolean.toString(act(words)).getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        control.start();
    }

    private static boolean act(List<String> words) {
        switch (words.getFirst() + "/" + words.get(1)) {
            case "broker/stop" -> suite.nats().stop();
            case "broker/start" -> {
                suite.letPagesInAs(words.get(2));
                suite.nats().startAgain();
            }
            default -> {
                String address = workloads.get(words.get(2)).place().ipv4();
                return workloads
                        .get(words.get(1))
                        .tcp(address, Integer.parseInt(words.get(3)), MILLIS)
                        .worked();
            }
        }
        return true;
    }

    @AfterAll
    static void stop() {
        if (control != null) {
            control.stop(0);
        }
        workloads.values().forEach(Workload::close);
        if (bus != null) {
            bus.close();
        }
        if (suite != null) {
            suite.close();
        }
        Playground.remove(NAME);
    }

    @TestFactory
    Stream<DynamicTest> inTheBrowser() throws Exception {
        Path report = HOME.resolve("report.xml");
        Path log = HOME.resolve("browser.log");
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
                        "PAGE_URL", suite.process("telemetry-service").http(),
                        "NATS_URL", suite.nats().url(),
                        "CONTROL_URL",
                                "http://127.0.0.1:%d"
                                        .formatted(control.getAddress().getPort()),
                        "EDITOR", WebSocketAccess.EDITOR,
                        "SCREENSHOTS", SCREENSHOTS.toString()));
        Process process = node.start();
        boolean ended = process.waitFor(10, TimeUnit.MINUTES);
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
                            .as(
                                    "%s%n%s",
                                    output, suite.process("telemetry-service").tail())
                            .isZero();
                }));
    }

    private static List<Element> cases(Path report) throws Exception {
        // Playwright's messages have colours, and the escapes of these are not allowed in XML.
        String readable = Files.readString(report).replace("\u001b", "");
        NodeList found = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(readable)))
                .getElementsByTagName("testcase");
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> (Element) found.item(i))
                .toList();
    }
}
