package io.aegisflux.segmentation.engine.testing;

import static io.aegisflux.segmentation.engine.Documents.policy;
import static io.aegisflux.segmentation.engine.Documents.rule;
import static io.aegisflux.segmentation.engine.Documents.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.engine.Documents;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PolicyTestsTest {
    private static final String TCP = when("protocol", "eq", "\"tcp\"");
    private static final String API = when("source.label.app", "eq", "\"api\"");
    private static final String DATABASE = when("dest_port", "eq", "5432");
    private static final String ALLOW_API = rule("allow-api", "allow", 10, "", TCP, API, DATABASE);
    private static final String DENY_OTHERS = rule("deny-others", "deny", 99, "", DATABASE);

    @Test
    void whatThePolicyDecidesPasses() {
        assertThat(failures(
                        "\"applies_to\": {\"hosts\": [\"db-*\"], \"labels\": {\"role\": \"data\"}}, \"enabled\": false,",
                        test(
                                "{\"app\": \"api\"}",
                                "{\"app\": \"db\"}",
                                5432,
                                "\"expect\": \"allow\", \"by\": \"allow-api\""),
                        test(
                                "{\"app\": \"web\"}",
                                "{\"app\": \"db\"}",
                                5432,
                                "\"expect\": \"deny\", \"by\": \"deny-others\""),
                        test("\"10.0.0.1\"", "{\"app\": \"db\"}", 5432, "\"expect\": \"deny\""),
                        test("\"fd00::1\"", "{\"app\": \"db\"}", 5432, "\"expect\": \"deny\""),
                        test(
                                "{\"app\": \"api\"}",
                                "\"10.0.0.2\"",
                                80,
                                "\"expect\": \"deny\", \"by\": \"default-action\""),
                        test(
                                "{\"app\": \"web\"}",
                                "\"10.0.0.2\"",
                                80,
                                "\"direction\": \"egress\", \"expect\": \"allow\"")))
                .isEmpty();
    }

    @Test
    void aFailureSaysWhatIsFoundAndWhichRuleComesNearest() {
        assertThat(failures("", test("{\"app\": \"web\"}", "{\"app\": \"db\"}", 5432, "\"expect\": \"allow\"")))
                .containsExactly(
                        new Violation(
                                "/tests/0",
                                "\"t\" expects allow, but it is denied: by rule \"deny-others\" (ingress)",
                                "the nearest miss is rule \"allow-api\": /rules/0/conditions/1 (source.label.app) does not hold"));
        assertThat(failures("", test("{\"app\": \"api\"}", "{\"app\": \"db\"}", 5432, "\"expect\": \"deny\"")))
                .containsExactly(
                        new Violation(
                                "/tests/0",
                                "\"t\" expects deny, but it is allowed: by rule \"allow-api\" (ingress)",
                                "rule \"deny-others\" matches too, but what decides is considered before it: see the priorities"));
        assertThat(failures("", test("{\"app\": \"web\"}", "{\"app\": \"db\"}", 80, "\"expect\": \"allow\"")))
                .containsExactly(new Violation(
                        "/tests/0",
                        "\"t\" expects allow, but it is denied: by the default action (ingress)",
                        "the nearest miss is rule \"allow-api\": /rules/0/conditions/1 (source.label.app) does not hold,"
                                + " /rules/0/conditions/2 (dest_port) does not hold"));
        assertThat(failures(
                        "",
                        test(
                                "{\"app\": \"api\"}",
                                "{\"app\": \"db\"}",
                                5432,
                                "\"expect\": \"allow\", \"by\": \"other\"")))
                .singleElement()
                .satisfies(failure -> {
                    assertThat(failure.reason())
                            .isEqualTo(
                                    "\"t\" expects allow by rule \"other\", but it is allowed: by rule \"allow-api\" (ingress)");
                    assertThat(failure.hint()).startsWith("no rule of the policy says allow");
                });
        assertThat(failures("", test("\"10.0.0.1\"", "\"fd00::1\"", 5432, "\"expect\": \"deny\"")))
                .extracting(Violation::reason)
                .containsExactly("\"t\" is no connection: one end is IPv4, the other IPv6");
    }

    @Test
    void whatIsAuditedIsNeitherAllowedNorDenied() {
        String audited = "\"mode\": \"audit\",";
        assertThat(failures(audited, test("{\"app\": \"web\"}", "{\"app\": \"db\"}", 5432, "\"expect\": \"audit\"")))
                .isEmpty();
        assertThat(failures(audited, test("{\"app\": \"web\"}", "{\"app\": \"db\"}", 5432, "\"expect\": \"deny\"")))
                .extracting(Violation::reason)
                .containsExactly("\"t\" expects deny, but it is audited: by rule \"deny-others\" (ingress)");
    }

    @Test
    void ofManyFailuresTheFirstTwentyAreTold() {
        String[] rules = IntStream.range(0, 1_000)
                .mapToObj(i -> rule("r" + i, "allow", i, "", when("source.label.app", "eq", "\"app-" + i + "\"")))
                .toArray(String[]::new);
        String tests = IntStream.range(0, 1_000)
                .mapToObj(i -> test(
                        "{\"app\": \"app-%d\"}".formatted(i),
                        "{\"app\": \"db\"}",
                        80,
                        "\"expect\": \"%s\"".formatted(i < 500 ? "allow" : "deny")))
                .collect(Collectors.joining(","));
        assertThat(PolicyTests.failures(Documents.accepted(policy("p", 1, "\"tests\": [%s],".formatted(tests), rules))))
                .extracting(Violation::path)
                .containsExactlyElementsOf(
                        IntStream.range(500, 520).mapToObj(i -> "/tests/" + i).toList());
    }

    private static List<Violation> failures(String members, String... tests) {
        String document =
                policy("p", 1, members + "\"tests\": [%s],".formatted(String.join(",", tests)), ALLOW_API, DENY_OTHERS);
        return PolicyTests.failures(Documents.accepted(document));
    }

    private static String test(String from, String to, int port, String members) {
        return """
                {"name": "t", "from": %s, "to": %s, "protocol": "tcp", "port": %d, %s}""".formatted(from, to, port, members);
    }
}
