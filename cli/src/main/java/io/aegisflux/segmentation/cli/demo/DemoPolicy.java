package io.aegisflux.segmentation.cli.demo;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The one policy that the demo touches. */
public final class DemoPolicy {
    public static final PolicyId ID = new PolicyId("segctl-demo");
    public static final int PORT = 5432;

    /** What a demo that nobody could clean up behind is worth at most: then hosts end its policy by themselves. */
    static final Duration LIFE = Duration.ofHours(1);

    static final String ALLOW_RULE = "allow-api";
    static final String DENY_RULE = "deny-others";
    private static final String MAKER = "segctl demo";

    private DemoPolicy() {}

    /**
     * What differs from place to place.
     *
     * @param host that it is for, and no other
     * @param apiCondition the condition that api alone meets, as JSON
     * @param api the end of a connection that is api, as JSON for the policy's tests
     * @param web likewise
     * @param db the address that it protects
     */
    record Terms(Mode mode, HostId host, String apiCondition, String api, String web, String db) {
        Terms {
            requireNonNull(mode, "mode is null");
            requireNonNull(host, "host is null");
        }
    }

    /** The document. It names one destination: no other packet of the host can meet a rule of it. */
    static byte[] document(Terms terms, Instant expiresAt) {
        String target = """
                { "field": "protocol", "operator": "eq", "value": "tcp" },
                        { "field": "dest_ip", "operator": "eq", "value": "%s" },
                        { "field": "dest_port", "operator": "eq", "value": %d }""".formatted(terms.db(), PORT);
        String end = "\"to\": \"%s\", \"protocol\": \"tcp\", \"port\": %d, \"direction\": \"ingress\""
                .formatted(terms.db(), PORT);
        return """
                {
                  "id": "%s",
                  "name": "Only the API may use the database",
                  "description": "Published by segctl demo, which deletes it when it ends.",
                  "metadata": { "made_by": "%s" },
                  "type": "network",
                  "priority": 1,
                  "mode": "%s",
                  "direction": "ingress",
                  "applies_to": { "hosts": ["%s"] },
                  "default_action": "none",
                  "expires_at": "%s",
                  "rules": [
                    {
                      "id": "%s",
                      "action": "allow",
                      "priority": 10,
                      "conditions": [
                        %s,
                        %s
                      ]
                    },
                    {
                      "id": "%s",
                      "action": "deny",
                      "priority": 99,
                      "conditions": [
                        %s
                      ]
                    }
                  ],
                  "tests": [
                    { "name": "api reaches db", "from": %s, %s, "expect": "allow" },
                    { "name": "web does not", "from": %s, %s, "expect": "%s" }
                  ]
                }
                """.formatted(
                        ID,
                        MAKER,
                        terms.mode().wireName(),
                        terms.host(),
                        expiresAt.truncatedTo(ChronoUnit.SECONDS),
                        ALLOW_RULE,
                        terms.apiCondition(),
                        target,
                        DENY_RULE,
                        target,
                        terms.api(),
                        end,
                        terms.web(),
                        end,
                        terms.mode() == Mode.AUDIT ? "audit" : "deny")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Whether a demo published this version. */
    static boolean isOurs(StoredPolicy stored) {
        JsonNode document = stored.document();
        return document != null
                && MAKER.equals(document.path("metadata").path("made_by").asText());
    }
}
