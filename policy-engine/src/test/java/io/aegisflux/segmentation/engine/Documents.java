package io.aegisflux.segmentation.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import java.util.List;

/** Short ways to write documents in tests. */
public final class Documents {
    /** The seed's own example, as in DESIGN.md §5. */
    public static final String SEED = """
            { "id": "network-policy-1", "name": "Web Server Access", "type": "network", "priority": 100, "enabled": true,
              "rules": [ { "id": "allow-http", "action": "allow", "priority": 1,
                "conditions": [ {"field": "protocol", "operator": "eq", "value": "tcp"},
                                {"field": "dest_port", "operator": "eq", "value": 80} ] } ] }""";

    private Documents() {}

    /** A policy with these rules and, before them, these further members, each followed by a comma. */
    public static String policy(String id, int priority, String members, String... rules) {
        return """
                {"id": "%s", "name": "n", "type": "network", "priority": %d, %s "rules": [%s]}""".formatted(id, priority, members, String.join(", ", rules));
    }

    /** A rule with these conditions and, before them, these further members, each followed by a comma. */
    public static String rule(String id, String action, int priority, String members, String... conditions) {
        return """
                {"id": "%s", "action": "%s", "priority": %d, %s "conditions": [%s]}""".formatted(id, action, priority, members, String.join(", ", conditions));
    }

    /** A condition; the value is JSON. */
    public static String when(String field, String operator, String value) {
        return """
                {"field": "%s", "operator": "%s", "value": %s}""".formatted(field, operator, value);
    }

    public static ParseResult parse(String document) {
        return PolicyParser.parse(document.getBytes(UTF_8), null);
    }

    /** @throws AssertionError when the document is refused */
    public static Policy accepted(String document) {
        return switch (parse(document)) {
            case ParseResult.Accepted it -> it.policy();
            case ParseResult.Rejected it -> throw new AssertionError("refused: " + it.violations() + "\n" + document);
        };
    }

    /** @throws AssertionError when the document is accepted */
    public static List<Violation> refused(String document) {
        return switch (parse(document)) {
            case ParseResult.Accepted it -> throw new AssertionError("accepted: " + document);
            case ParseResult.Rejected it -> it.violations();
        };
    }

    public static VersionedPolicy version1(String document) {
        return new VersionedPolicy(accepted(document), 1, "0".repeat(64));
    }
}
