package io.aegisflux.segmentation.cli.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTest {
    private static final String REDACTED = "redacted-[0-9a-f]{12}";

    private final Redaction redaction = new Redaction();

    @Test
    void ofAPolicyIdsPortsAndItsShapeStay() {
        JsonNode document = redacted("""
                {"id": "payroll-db", "name": "Payroll", "description": "of Ms Miller", "type": "network", "priority": 100,
                 "enabled": true, "mode": "audit", "expires_at": "2026-12-01T00:00:00Z",
                 "applies_to": {"hosts": ["pay-*"], "labels": {"tenant": "acme"}, "interfaces": ["vlan-acme"]},
                 "rules": [{"id": "allow-api", "action": "allow", "priority": 1, "conditions": [
                    {"field": "protocol", "operator": "eq", "value": "tcp"},
                    {"field": "source_ip", "operator": "in", "value": ["10.7.0.0/16", "10.8.0.1-10.8.0.9"]},
                    {"field": "dest.label.tenant", "operator": "eq", "value": "acme"},
                    {"field": "process.exe", "operator": "eq", "value": "/opt/acme/bin"},
                    {"field": "dest_port", "operator": "in", "value": [5432, "8000-8999"]}]}],
                 "tests": [{"name": "acme", "from": "10.7.0.1", "to": {"labels": {"tenant": "acme"}}, "port": 5432,
                    "expect": "deny", "by": "allow-api"}]}""");
        JsonNode conditions = document.at("/rules/0/conditions");

        assertThat(document.path("id").asText()).isEqualTo("payroll-db");
        assertThat(document.at("/rules/0/id").asText()).isEqualTo("allow-api");
        assertThat(document.path("expires_at").asText()).isEqualTo("2026-12-01T00:00:00Z");
        assertThat(conditions.at("/0/value").asText()).isEqualTo("tcp");
        assertThat(conditions.at("/4/value").toString()).isEqualTo("[5432,\"8000-8999\"]");
        assertThat(document.at("/tests/0/by").asText()).isEqualTo("allow-api");
        assertThat(conditions.at("/2/field").asText()).matches("dest\\.label\\." + REDACTED);
        assertThat(conditions.at("/2/value").asText())
                .isEqualTo(document.at("/applies_to/labels").elements().next().asText())
                .matches(REDACTED);
        assertThat(Prefix.parse(conditions.at("/1/value/0").asText())
                        .contains(Prefix.parse(document.at("/tests/0/from").asText())
                                .address()))
                .isTrue();
        assertThat(document.toString())
                .doesNotContainIgnoringCase("acme")
                .doesNotContain("Payroll", "Miller", "tenant", "pay-*", "vlan", "10.7.", "10.8.");
    }

    @Test
    void ofAHostItsKernelAndHooksStay() {
        String report = redacted(new String(Examples.read("system-capability-report"), UTF_8))
                .toString();

        assertThat(report)
                .contains(
                        "6.18.5",
                        "x86_64",
                        "\"tc_ingress\":\"tcx\"",
                        "host.interface.redacted-",
                        "\"posture\":\"allow\"")
                .doesNotContain("host-b", "198.18.", "fd77", "\"role\"", "\"data\"", "eth0", "\"db\"");
    }

    @Test
    void whatNobodyKnowsIsReplacedWhole() {
        JsonNode message = redacted("""
                {"surprise": "of a later version", "list": ["one", 2], "Owner Name": "x", "nested": {"owner": "miller"},
                 "pid": 4711, "stale": true, "gone": null}""");

        assertThat(message.toString())
                .contains("\"pid\":4711", "\"stale\":true", "\"gone\":null", "2")
                .doesNotContain("later", "\"one\"", "Owner Name", "miller");
    }

    @Test
    void oneNameHasOnePseudonymWhereverItStands() {
        JsonNode flow = redacted("""
                {"host_id": "pay-1", "source": {"workload": "pay-1", "labels": {"app": "pay"}},
                 "nodes": [{"id": "workload:pay-1", "name": "pay-1"}], "edges": [{"source": "workload:pay-1", "dest": "ip:10.0.0.1"}],
                 "key": "label", "values": ["app=pay"], "message": "host pay-1 is behind"}""");
        String name = redaction.name("pay-1");

        assertThat(flow.at("/host_id").asText()).isEqualTo(name);
        assertThat(flow.at("/source/workload").asText()).isEqualTo(name);
        assertThat(flow.at("/nodes/0/id").asText()).isEqualTo("workload:" + name);
        assertThat(flow.at("/edges/0/source").asText()).isEqualTo("workload:" + name);
        assertThat(flow.at("/edges/0/dest").asText()).isEqualTo("ip:" + redaction.name("10.0.0.1"));
        assertThat(flow.at("/message").asText()).isEqualTo("host " + name + " is behind");
        assertThat(flow.at("/values/0").asText()).isEqualTo(redaction.name("app") + "=" + redaction.name("pay"));
    }

    @Test
    void aMessageInAMemberCalledMessageIsNoSentence() {
        JsonNode last = redacted("""
                {"message": {"host_id": "data", "timestamp": "2026-11-27T19:22:03.8Z", "metadata": {"version": "0.1.0-SNAPSHOT"}},
                 "time": "2026-11-27T19:22:04Z"}""");

        assertThat(last.at("/message/host_id").asText()).matches(REDACTED);
        assertThat(last.at("/message/timestamp").asText()).isEqualTo("2026-11-27T19:22:03.8Z");
        assertThat(last.at("/message/metadata/version").asText()).isEqualTo("0.1.0-SNAPSHOT");
    }

    @Test
    void ofAHookItsInterfaceIsReplaced() {
        JsonNode report = redacted("""
                {"hook_points": {"xdp": "off", "xdp@vlan7": "off: vlan7 has no driver", "tc_ingress@vlan7": "tcx"}}""");

        assertThat(report.toString())
                .matches(
                        "\\{\"hook_points\":\\{\"xdp\":\"off\",\"xdp@(R)\":\"off: \\1 has no driver\",\"tc_ingress@\\1\":\"tcx\"}}"
                                .replace("R", REDACTED))
                .doesNotContain("vlan");
    }

    @Test
    void versionsAndShortNumbersAreNobodysNames() {
        redaction.name("2.15.1");
        redaction.name("42");
        redaction.name("4711001234");

        assertThat(redaction.sentence("nats-server 2.15.1 told 42 of 4711001234"))
                .matches("nats-server 2.15.1 told 42 of " + REDACTED);
        assertThat(redaction.sentence("3 s behind the broker's")).isEqualTo("3 s behind the broker's");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            revision 42 is in force | revision 42 is in force
            the manifest is not signed by a trusted key | the manifest is not signed by a trusted key
            "70000" is not a port | "70000" is not a port
            nats-server 2.10.27 is below 2.12 | nats-server 2.10.27 is below 2.12
            resolve zanzibar: no such host | resolve R: no such host
            resolve db.zanzibar.corp | resolve R.R.R
            segmentation.events.zanzibar | segmentation.events.R
            Zanzibar and ZANZIBAR-7 | R and R
            user=miller, password:"Hunter2!" | user=R, password:"R!"
            miller@zanzibar.example | R@R.example
            /home/miller/db.json | /R/R/R.json
            10.7.0.1:5432 | A:5432
            (fd77::1) | (A)
            at 10.7.0.999 | at R
            "10.7.0.9-10.7.0.1" is not a range | "A-A" is not a range
            fd77::9-fd77::1 | A-A
            ip-10.7.0.1, v10.7.0.1 and 10.7.0.1_x | R, R and R
            10.7.0.1.zanzibar | A.R
            aa:bb:cc:dd:ee:ff | R
            10-7-0-1 | R
            of RULE_DENY | of RULE_DENY
            Jörg ist müde | R R R
            """)
    void inSentencesTheSuitesOwnWordsStay(String text, String wanted) {
        String shape = redaction
                .sentence(text.strip())
                .replaceAll(REDACTED, "R")
                .replaceAll("[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){7}", "A");

        assertThat(shape).isEqualTo(wanted.strip());
    }

    @Test
    void aKnownNameIsReplacedAlsoWhereItIsAWordOfTheSuite() {
        redaction.message(Wire.read("{\"host_id\": \"data\"}".getBytes(UTF_8), JsonNode.class));

        assertThat(redaction.sentence("data is behind")).matches(REDACTED + " is behind");
    }

    private JsonNode redacted(String json) {
        return redaction.message(Wire.read(json.getBytes(UTF_8), JsonNode.class));
    }
}
