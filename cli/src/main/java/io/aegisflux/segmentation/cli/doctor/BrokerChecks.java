package io.aegisflux.segmentation.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The checks of the broker. */
public final class BrokerChecks {
    /** The oldest that services start with. */
    static final String FLOOR = "2.10.27";

    private static final Duration OFFSET = Duration.ofSeconds(1);
    private static final List<String> KEPT = List.of(Streams.POLICY_STORE, Streams.DESIRED);

    private BrokerChecks() {}

    /** The streams that are to be there, with their subjects. */
    public static Map<String, List<String>> streams() {
        Map<String, List<String>> streams = new LinkedHashMap<>();
        streams.put(Streams.POLICIES, List.of(Subjects.each(Subjects.POLICIES)));
        streams.put(Streams.POLICY_STORE, List.of(Subjects.each(Subjects.POLICY_STORE)));
        streams.put(Streams.HOSTS, List.of(Subjects.each(Subjects.HOSTS)));
        streams.put(Streams.DESIRED, List.of(Subjects.each(Subjects.DESIRED)));
        streams.put(Streams.BUILD_REQUESTS, List.of(Subjects.BUILDS_REQUESTED));
        streams.put(Streams.BUILD_RESULTS, List.of(Subjects.BUILDS_COMPLETED, Subjects.BUILDS_FAILED));
        streams.put(Streams.EVENTS, List.of(Subjects.each(Subjects.EVENTS)));
        streams.put(Streams.METRICS, List.of(Subjects.each(Subjects.METRICS)));
        streams.put(Streams.SYSTEM, List.of(Subjects.each(Subjects.SYSTEM)));
        streams.put(Streams.POLICY_UPDATES, List.of(Subjects.each(Subjects.POLICY_UPDATES)));
        streams.put(Streams.TELEMETRY, List.of(Subjects.each(Subjects.TELEMETRY)));
        return streams;
    }

    /** Of a version as nats-server tells it. */
    public static Finding version(String version) {
        String found = "nats-server " + version;
        return Arrays.compare(numbers(version), numbers(FLOOR)) < 0
                ? Check.BROKER_VERSION.problem(null, found + " is below " + FLOOR)
                : Check.BROKER_VERSION.ok(null, found);
    }

    /** Whether JetStream is on. */
    public static Finding jetStream(boolean on) {
        return on ? Check.JETSTREAM.ok(null, "on") : Check.JETSTREAM.problem(null, "off");
    }

    /**
     * One stream.
     *
     * @param info as $JS.API.STREAM.INFO answers; empty when there is no such stream
     */
    public static Finding stream(String name, Optional<JsonNode> info) {
        if (info.isEmpty()) {
            return Check.STREAMS.problem(null, name + " is missing");
        }
        JsonNode configuration = info.get().path("config");
        TreeSet<String> subjects = new TreeSet<>();
        configuration.path("subjects").forEach(subject -> subjects.add(subject.asText()));
        List<String> wrong = new ArrayList<>();
        if (!subjects.equals(new TreeSet<>(streams().get(name)))) {
            wrong.add("takes %s, not %s".formatted(subjects, streams().get(name)));
        }
        if (KEPT.contains(name)
                && !(configuration.path("deny_delete").asBoolean()
                        && configuration.path("deny_purge").asBoolean())) {
            wrong.add("lets messages be deleted or purged");
        }
        return wrong.isEmpty()
                ? Check.STREAMS.ok(null, name)
                : Check.STREAMS.problem(null, name + " " + String.join(", ", wrong));
    }

    /** Our clock against the broker's. */
    public static Finding clock(Instant here, Instant broker) {
        Duration offset = Duration.between(here, broker);
        String found = "%d ms %s the broker's"
                .formatted(Math.abs(offset.toMillis()), offset.isNegative() ? "ahead of" : "behind");
        return offset.abs().compareTo(OFFSET) > 0
                ? Check.CLOCK_HERE.warning(null, found)
                : Check.CLOCK_HERE.ok(null, found);
    }

    private static int[] numbers(String version) {
        return Arrays.stream(version.replaceFirst("[-+].*", "").split("\\."))
                .mapToInt(part -> part.matches("[0-9]{1,6}") ? Integer.parseInt(part) : 0)
                .toArray();
    }
}
