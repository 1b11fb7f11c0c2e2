package io.aegisflux.segmentation.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServer;
import io.nats.client.Dispatcher;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tails: what they show first, that they go on, and that a broker's absence ends none. */
class FollowIT {
    private static final HostId HOST_A = new HostId("host-a");
    private static final HostId HOST_B = new HostId("host-b");

    private NatsServer server;
    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        server = NatsServer.start();
        bench = Bench.connected(server.url());
        bench.connection()
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(Streams.EVENTS)
                        .subjects(Subjects.each(Subjects.EVENTS))
                        .subjectTransform(Bench.byPartition(Subjects.EVENTS))
                        .storageType(StorageType.File)
                        .build());
    }

    @AfterEach
    void stop() {
        bench.close();
        server.close();
    }

    @Test
    void eventsShowsTheLastOnesAndThenEachNewOne() {
        publish(HOST_A, 1, 30);

        try (Following tail = Following.of(server.url(), "events", "-f", "-o", "json")) {
            await().until(() -> ids(tail).equals(ids(21, 30)));
            publish(HOST_B, 31, 33);
            await().until(() -> ids(tail).equals(ids(21, 33)));
            assertThat(tail.err()).contains("events of all hosts; Ctrl-C ends");
            assertThat(tail.exit()).isNotDone();
        }
    }

    @Test
    void eventsOfOneHostLeavesOutTheOthers() {
        publish(HOST_A, 1, 3);
        publish(HOST_B, 4, 6);

        try (Following tail =
                Following.of(server.url(), "events", "-f", "--host", "host-b", "--last", "2", "-o", "json")) {
            await().until(() -> ids(tail).equals(ids(5, 6)));
            publish(HOST_A, 7, 7);
            publish(HOST_B, 8, 8);
            await().until(() -> ids(tail).equals(List.of("e5", "e6", "e8")));
        }
    }

    @Test
    void eventsWithNoneOfTheLastBeginsWithTheNextOne() {
        publish(HOST_A, 1, 3);

        try (Following tail = Following.of(server.url(), "events", "-f", "--last", "0", "-o", "json", "-v")) {
            await().until(() -> consumers() == 1);
            publish(HOST_A, 4, 4);
            await().until(() -> ids(tail).equals(ids(4, 4)));
        }
    }

    @Test
    void eventsGoesOnWhenTheBrokerIsBackWithoutAGapOrARepetition() {
        publish(HOST_A, 1, 2);

        try (Following tail = Following.of(server.url(), "events", "-f", "-o", "json")) {
            await().until(() -> ids(tail).equals(ids(1, 2)));
            server.kill();
            await().until(() -> tail.err().contains("the broker went away; waiting for it to come back"));
            server.startAgain();
            publishWhenConnected(3);
            publish(HOST_A, 4, 5);
            await().atMost(Duration.ofSeconds(30)).until(() -> ids(tail).equals(ids(1, 5)));
            assertThat(tail.err()).contains("the broker is back");
        }
    }

    @Test
    void flowsShowsWhatMatchesOfEachWindowAndSaysWhatIsMissing() {
        TelemetryFlows example = Wire.read(Examples.read("telemetry-flows"), TelemetryFlows.class);
        TelemetryFlows missing = new TelemetryFlows(example.from(), example.to(), example.flows(), 7, 2, 1, 0, 4, 815);
        try (Following tail = Following.of(server.url(), "flows", "-f", "--last", "0", "from:web", "-o", "json")) {
            await().until(() -> tail.err().contains("flows that match from:web; Ctrl-C ends"));
            await().until(() -> {
                bench.connection().publish(Subjects.TELEMETRY_FLOWS, Wire.write(missing));
                return !tail.lines().isEmpty();
            });
            assertThat(tail.lines())
                    .allSatisfy(line -> assertThat(Wire.read(line.getBytes(StandardCharsets.UTF_8), FlowRow.class)
                                    .source()
                                    .workload())
                            .isEqualTo("web"));
            assertThat(tail.err()).contains("7 flows of", "are not told one by one", "4 decisions are missing here");
            assertThat(tail.exit()).isNotDone();
        }
    }

    @Test
    void topKeepsTheLastAnswerWhileNobodyAnswersAndLeavesTheTerminalAsItWas() throws Exception {
        Dispatcher service = bench.connection()
                .createDispatcher(request ->
                        bench.connection().publish(request.getReplyTo(), Examples.read("api-telemetry-top-reply")))
                .subscribe(Subjects.api(TelemetryApi.SERVICE, TelemetryApi.TOP));
        bench.flush();
        Following top = Following.onTerminal(server.url(), "top", "--by", "port", "--interval", "1s");
        try (top) {
            await().until(() -> String.join("", top.lines()).contains("every 1 s, Ctrl-C ends"));
            bench.connection().closeDispatcher(service);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> top.lines().getLast().contains("\u001b[J")
                            && String.join("\n", top.lines()).contains("; asks again"));
            String frame = String.join("\n", top.lines()).replaceFirst("(?s).*\u001b\\[3A", "");
            assertThat(frame).contains("tcp/5432", "nobody listens on segmentation.api.telemetry.top");
            assertThat(top.exit()).isNotDone();
        }
        assertThat(top.exit().get(30, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void flowsShowsNoRowASecondTimeThatTheWindowBeforeHad() {
        TelemetryFlows example = Wire.read(Examples.read("telemetry-flows"), TelemetryFlows.class);
        TelemetryApi.FlowsReply past = new TelemetryApi.FlowsReply(
                example.from(), example.to(), true, "", List.of(example.flows().getFirst()), 1, 0, 0, 0);
        bench.connection()
                .createDispatcher(request -> bench.connection().publish(request.getReplyTo(), Wire.write(past)))
                .subscribe(Subjects.api(TelemetryApi.SERVICE, TelemetryApi.FLOWS));
        try (Following tail = Following.of(server.url(), "flows", "-f", "-o", "json")) {
            await().until(() -> tail.lines().size() == 1);
            bench.connection().publish(Subjects.TELEMETRY_FLOWS, Wire.write(example));
            await().until(() -> tail.lines().size() == 2);
            assertThat(tail.lines().getFirst()).contains("\"dest_port\":5432");
            assertThat(tail.lines().getLast()).contains("\"dest_port\":123");
        }
    }

    @Test
    void tailsEndWhenNobodyReadsThemAnyMore() throws Exception {
        publish(HOST_A, 1, 1);
        Following events = Following.of(server.url(), "events", "-f");
        Following sub = Following.of(server.url(), "sub", "segmentation.>");
        await().until(() -> events.lines().size() == 1 && sub.err().contains("listening"));

        events.close();
        sub.close();
        publish(HOST_A, 2, 3);

        assertThat(events.exit().get(10, TimeUnit.SECONDS)).isZero();
        assertThat(sub.exit().get(10, TimeUnit.SECONDS)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, host-a", "3, host-a", "5, host-a", "50, host-a", "1, ", "7, ", "50, "})
    void eventsShowsExactlyTheLastOfTheWantedHosts(int last, String host) {
        for (int i = 1; i <= 20; i++) {
            publish(i % 4 == 0 ? HOST_A : HOST_B, i, i);
        }
        List<String> wanted = IntStream.rangeClosed(1, 20)
                .filter(i -> host == null || i % 4 == 0)
                .mapToObj(i -> "e" + i)
                .toList();
        String[] arguments = host == null
                ? new String[] {"events", "--last", "" + last, "-o", "json"}
                : new String[] {"events", "--last", "" + last, "--host", host, "-o", "json"};

        Run run = Run.against(server.url()).segctl(arguments);

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out().lines().map(FollowIT::id))
                .containsExactlyElementsOf(wanted.subList(Math.max(0, wanted.size() - last), wanted.size()));
    }

    @Test
    void eventsFindsTheLastOnesAmongGapsLeftByOldOnes() throws Exception {
        publish(HOST_A, 1, 20);
        for (int sequence : new int[] {1, 2, 3, 7, 12, 18, 19}) {
            bench.connection().jetStreamManagement().deleteMessage(Streams.EVENTS, sequence);
        }

        Run run = Run.against(server.url()).segctl("events", "--last", "6", "-o", "json");

        assertThat(run.out().lines().map(FollowIT::id)).containsExactly("e13", "e14", "e15", "e16", "e17", "e20");
    }

    @Test
    void eventsOfAnEmptyStreamSaysSoAndEndsWell() {
        Run run = Run.against(server.url()).segctl("events", "--host", "host-a");

        assertThat(run.exit()).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("no events of host-a yet");
    }

    private void publish(HostId host, int from, int to) {
        for (int i = from; i <= to; i++) {
            bench.publish(Subjects.events(host), event(host, "e" + i));
        }
    }

    private void publishWhenConnected(int number) {
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            publish(HOST_A, number, number);
            return true;
        });
    }

    private long consumers() throws Exception {
        return bench.connection()
                .jetStreamManagement()
                .getStreamInfo(Streams.EVENTS)
                .getStreamState()
                .getConsumerCount();
    }

    private static FlowEvent event(HostId host, String id) {
        FlowEvent like = Wire.read(Examples.read("event-packet-dropped"), FlowEvent.class);
        return new FlowEvent(
                id,
                host,
                like.eventType(),
                like.policyId(),
                like.policyVersion(),
                like.ruleId(),
                like.reason(),
                like.verdict(),
                like.direction(),
                like.hook(),
                like.sourceIp(),
                like.destIp(),
                like.sourcePort(),
                like.destPort(),
                like.protocol(),
                like.interfaceName(),
                like.generation(),
                1,
                0,
                like.number(),
                like.timestamp(),
                like.metadata());
    }

    private static List<String> ids(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "e" + i).toList();
    }

    private static List<String> ids(Following tail) {
        return tail.lines().stream().map(FollowIT::id).toList();
    }

    private static String id(String line) {
        return Wire.read(line.getBytes(StandardCharsets.UTF_8), FlowEvent.class).id();
    }
}
