package io.aegisflux.segmentation.cli.demo;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.bus.HostWatch;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyExplanation;
import io.aegisflux.segmentation.contracts.PolicyExplanation.RuleEffect;
import io.aegisflux.segmentation.contracts.Protocols;
import io.aegisflux.segmentation.contracts.Subjects;
import java.util.List;
import java.util.Locale;

/**
 * A host of any cluster, and three addresses of 192.0.2.0/24, which RFC 5737 keeps for documentation: no packet has them.
 * The policy is in audit mode besides. The host loads it for real; what it does to a connection is worked out by
 * policy-service.
 *
 * @param whyNotReal why no connection is tried
 */
public record Explained(HostId host, PolicyBus bus, String whyNotReal) implements Scene {
    private static final String WEB = "192.0.2.10";
    private static final String API = "192.0.2.11";
    private static final String DB = "192.0.2.20";
    private static final int SOME_SOURCE_PORT = 40_000;

    public Explained {
        requireNonNull(host, "host is null");
        requireNonNull(bus, "bus is null");
        requireNonNull(whyNotReal, "whyNotReal is null");
    }

    @Override
    public List<String> about() {
        return List.of(
                "On %s, in audit mode, for addresses that nobody has (RFC 5737): nothing can be cut off by this."
                        .formatted(host),
                "The host loads the policy into its kernel; what it makes of a connection, policy-service works out.",
                "");
    }

    @Override
    public DemoPolicy.Terms terms() {
        return new DemoPolicy.Terms(
                Mode.AUDIT,
                host,
                "{ \"field\": \"source_ip\", \"operator\": \"eq\", \"value\": \"%s\" }".formatted(API),
                "\"%s\"".formatted(API),
                "\"%s\"".formatted(WEB),
                DB);
    }

    @Override
    public Sight look(Client client, boolean expectThrough) {
        String from = client == Client.WEB ? WEB : API;
        Decision decision = explain(from).decision();
        boolean isAudited = decision.audit() != null
                && DemoPolicy.ID.equals(decision.audit().policyId());
        return new Sight(
                "%s %s → db %s:%d".formatted(client.name().toLowerCase(Locale.ROOT), from, DB, DemoPolicy.PORT),
                isAudited ? audited(decision.audit()) : decided(decision),
                !isAudited);
    }

    @Override
    public Why why(long version, HostWatch watch) {
        List<RuleEffect> rules = explain(WEB).policies().stream()
                .filter(policy -> policy.policyId().equals(DemoPolicy.ID) && policy.version() == version)
                .findFirst()
                .orElseThrow(() -> Failure.findings(
                        "policy-service does not consider %s version %d on %s".formatted(DemoPolicy.ID, version, host),
                        "'segctl policy get %s' shows what holds".formatted(DemoPolicy.ID)))
                .rules();
        return new Why(
                Subjects.api(PolicyApi.SERVICE, PolicyApi.EXPLAIN) + " says it of every rule",
                rules.stream()
                        .map(rule -> "%-16s %-8s %s"
                                .formatted(
                                        rule.ruleId(),
                                        rule.effect().wireName().toLowerCase(Locale.ROOT),
                                        String.join("; ", rule.misses()))
                                .stripTrailing())
                        .toList());
    }

    @Override
    public List<String> notShown() {
        return List.of(
                "Not shown: a real connection that is dropped, and the event that says so (%s).".formatted(whyNotReal),
                "'./dev up' as root on a machine of yours makes workloads between which 'segctl demo' shows it.");
    }

    private PolicyExplanation explain(String from) {
        return bus.explain(new PolicyApi.ExplainRequest(
                host,
                new PacketTuple(
                        Direction.INGRESS,
                        from,
                        DB,
                        Protocols.TCP,
                        SOME_SOURCE_PORT,
                        DemoPolicy.PORT,
                        null,
                        null,
                        null)));
    }

    private static Cell audited(Decision.Audit audit) {
        return Glyph.HALF.with("would pass and be reported; enforced, %s@v%d/%s denies it"
                .formatted(audit.policyId(), audit.policyVersion(), audit.ruleId()));
    }

    private static Cell decided(Decision decision) {
        String by = decision.policyId() == null
                ? decision.reason().wireName()
                : "%s  %s@v%d/%s"
                        .formatted(
                                decision.reason().wireName(),
                                decision.policyId(),
                                decision.policyVersion(),
                                decision.ruleId());
        return decision.action() == Action.ALLOW
                ? Glyph.YES.with("would pass  " + by)
                : Glyph.NO.with("would be denied  " + by);
    }
}
