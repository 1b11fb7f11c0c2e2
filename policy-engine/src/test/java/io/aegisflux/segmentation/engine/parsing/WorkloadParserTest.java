package io.aegisflux.segmentation.engine.parsing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.RegisteredWorkload;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.WorkloadId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadParserTest {
    private static final WorkloadId DB = new WorkloadId("db");

    @Test
    void readsAWorkload() {
        assertThat(parse("""
                {"id": "db", "labels": {"app": "db"}, "addresses": ["10.0.0.7", "fd00::/64"],
                 "expires_at": "2027-01-31T18:00:00+01:00"}"""))
                .isEqualTo(new WorkloadParser.Result.Accepted(new RegisteredWorkload(
                        DB,
                        Map.of("app", "db"),
                        List.of("10.0.0.7", "fd00::/64"),
                        Instant.parse("2027-01-31T17:00:00Z"))));
    }

    @Test
    void readsTheExampleAsItsRecordDoes() {
        byte[] example = Examples.read("registered-workload");

        assertThat(WorkloadParser.parse(example, new WorkloadId("legacy-db")))
                .isEqualTo(new WorkloadParser.Result.Accepted(Wire.read(example, RegisteredWorkload.class)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"id\": \"web\", \"labels\": {\"a\": \"b\"}, \"addresses\": [\"10.0.0.7\"]} | /id | subject ends in \"db\"",
                "{\"id\": \"db\", \"labels\": {}, \"addresses\": [\"10.0.0.7\"]} | /labels | there is no label",
                "{\"id\": \"db\", \"labels\": {\"a b\": \"c\"}, \"addresses\": [\"10.0.0.7\"]} | /labels/a b | not the key",
                "{\"id\": \"db\", \"labels\": {\"a\": 1}, \"addresses\": [\"10.0.0.7\"]} | /labels/a | the number 1",
                "{\"id\": \"db\", \"labels\": {\"host.id\": \"x\"}, \"addresses\": [\"::2\"]} | /labels/host.id | agents alone",
                "{\"id\": \"db\", \"labels\": {\"a\": \"b\"}} | /addresses | is missing",
                "{\"id\": \"db\", \"labels\": {\"a\": \"b\"}, \"addresses\": []} | /addresses | the list is empty",
                "{\"id\": \"db\", \"labels\": {\"a\": \"b\"}, \"addresses\": [\"db.local\"]} | /addresses/0 | not an IP address",
                "{\"id\": \"db\", \"labels\": {\"a\": \"b\"}, \"addresses\": [\"10.0.0.7/8\"]} | /addresses/0 | host bits",
                "{\"id\": \"db\", \"labels\": {\"a\": \"b\"}, \"addresses\": [\"10.0.0.1-10.0.0.2\"]} | /addresses/0 | not an IP",
                "{\"id\": \"db\", \"labels\": {\"a\": \"b\"}, \"addresses\": [\"0.0.0.0/0\"]} | /addresses/0 | every address",
                "{\"id\": \"db\", \"labels\": {\"a\": \"b\"}, \"addresses\": [\"::2\"], \"expires_at\": \"soon\"} | /expires_at | ISO",
                "{\"id\": \"db\", \"labels\": {\"a\": \"b\"}, \"addresses\": [\"::2\"], \"adresses\": 1} | /adresses | no member",
                "[] |  | an object",
                "{\"id\": |  | line 1",
            })
    void refusesAtItsPlace(String document, String path, String reason) {
        assertThat(parse(document)).isInstanceOfSatisfying(WorkloadParser.Result.Rejected.class, it -> {
            assertThat(it.violations()).extracting(Violation::path).containsExactly(path == null ? "" : path);
            assertThat(it.violations().getFirst().reason()
                            + it.violations().getFirst().hint())
                    .contains(reason);
        });
    }

    @Test
    void holdsToItsLimits() {
        String many =
                IntStream.range(0, 4_097).mapToObj("\"fd00::%x\""::formatted).collect(Collectors.joining(","));
        String labels = IntStream.range(0, 65)
                .mapToObj(i -> "\"k%d\": \"v\"".formatted(i))
                .collect(Collectors.joining(","));

        assertThat(parse("""
                {"id": "db", "labels": {%s}, "addresses": [%s]}""".formatted(labels, many)))
                .isInstanceOfSatisfying(
                        WorkloadParser.Result.Rejected.class,
                        it -> assertThat(it.violations())
                                .extracting(Violation::path)
                                .containsExactly("/labels", "/addresses"));
    }

    private static WorkloadParser.Result parse(String document) {
        return WorkloadParser.parse(document.getBytes(UTF_8), DB);
    }
}
