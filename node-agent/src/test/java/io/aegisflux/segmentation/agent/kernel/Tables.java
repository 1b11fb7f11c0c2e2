package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.domain.TableIdentity;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Tables as policy-service would send them. */
final class Tables {
    private Tables() {}

    /**
     * The table of one policy.
     *
     * @param members of the document besides id, name and type
     */
    static RuleTable of(String policy, long version, String members) {
        byte[] document = """
                {"id": "%s", "name": "%s", "type": "network", %s}""".formatted(policy, policy, members).getBytes(StandardCharsets.UTF_8);
        return switch (PolicyParser.parse(document, new PolicyId(policy))) {
            case ParseResult.Accepted accepted ->
                Lowering.lower(
                        List.of(new VersionedPolicy(accepted.policy(), version, Digests.sha256Hex(document))),
                        new HostView(new HostId("host-a"), Map.of(), Action.ALLOW),
                        List.of());
            case ParseResult.Rejected rejected -> throw new IllegalArgumentException(rejected.toString());
        };
    }

    /** Denies one TCP port in one direction and says nothing of the rest. */
    static RuleTable denyingPort(int port, String direction, long version) {
        return of("ports", version, """
                "priority": 1, "direction": "%s", "default_action": "none",
                "rules": [{"id": "no-%d", "action": "deny", "priority": 1, "conditions": [
                  {"field": "protocol", "operator": "eq", "value": "tcp"},
                  {"field": "dest_port", "operator": "eq", "value": %d}]}]""".formatted(direction, port, port));
    }

    /** Denies everything, both ways. */
    static RuleTable denyingAll() {
        return of("nothing", 1, """
                "priority": 1, "direction": "both", "default_action": "deny", "rules": []""");
    }

    static TableIdentity identity(RuleTable table, long revision) {
        return new TableIdentity(1, revision, Digests.sha256Hex(Wire.write(table)));
    }
}
