package io.aegisflux.segmentation.engine.testing;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.language.PolicyTest;
import io.aegisflux.segmentation.engine.language.PolicyTest.Expectation;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The tests of a policy, judged by its document alone: as on a host that it applies to, where no other policy is and nothing
 * has expired. So they come to the same wherever and whenever they are run. An end that is written as labels has these and
 * made-up addresses; one that is written as an address has no labels. A connection that asks for no direction has to pass both
 * where it leaves and where it arrives.
 */
public final class PolicyTests {
    /** So many are told, with what would have to differ; finding that takes longer than the tests. */
    private static final int TOLD = 20;

    private static final HostView HOST = new HostView(new HostId("any"), Map.of(), Action.ALLOW);
    private static final Instant BEFORE_EVERYTHING = Instant.EPOCH;

    private final Policy policy;
    private final Ends ends;
    private final Evaluator evaluator;

    /** What becomes of the connection in one direction. */
    private record Seen(Direction direction, Decision decision) {
        Expectation outcome() {
            if (decision.action() == Action.DENY) {
                return Expectation.DENY;
            }
            return decision.audit() == null ? Expectation.ALLOW : Expectation.AUDIT;
        }

        /** The rule that is the reason; null for the posture. */
        String rule() {
            return outcome() == Expectation.AUDIT ? decision.audit().ruleId() : decision.ruleId();
        }
    }

    private PolicyTests(Policy policy) {
        this.policy = policy.alone(policy.mode(), policy.rules(), policy.defaultRule());
        this.ends = Ends.of(policy.tests());
        this.evaluator = evaluator(this.policy, ends);
    }

    /**
     * Runs all tests.
     *
     * @return for each that fails what was found in place of what is expected, and what rule would come nearest; empty when all
     *     pass
     */
    public static List<Violation> failures(Policy policy) {
        requireNonNull(policy, "policy is null");
        List<Violation> failures = new ArrayList<>();
        if (policy.tests().isEmpty()) {
            return failures;
        }
        PolicyTests tests = new PolicyTests(policy);
        for (int i = 0; i < policy.tests().size() && failures.size() < TOLD; i++) {
            tests.run(policy.tests().get(i), "/tests/" + i, failures);
        }
        return failures;
    }

    /** Judges by a policy and the ends of tests. */
    static Evaluator evaluator(Policy policy, Ends ends) {
        return Evaluator.forFew(
                Lowering.lower(List.of(new VersionedPolicy(policy, 1, "0".repeat(64))), HOST, ends.workloads()));
    }

    private void run(PolicyTest test, String path, List<Violation> failures) {
        List<PacketTuple> packets = ends.packets(test);
        if (packets.isEmpty()) {
            failures.add(new Violation(
                    path,
                    "\"%s\" is no connection: one end is IPv4, the other IPv6".formatted(test.name()),
                    "write two addresses of one IP version, or labels"));
            return;
        }
        List<Seen> seen = packets.stream()
                .map(packet -> new Seen(packet.direction(), evaluator.decide(packet, BEFORE_EVERYTHING)))
                .toList();
        Seen deciding = deciding(seen);
        boolean byTheRule = test.by() == null
                || seen.stream()
                        .filter(each -> each.outcome() == deciding.outcome())
                        .anyMatch(each -> Objects.equals(each.rule(), test.by()));
        if (deciding.outcome() == test.expect() && byTheRule) {
            return;
        }
        failures.add(new Violation(path, found(test, deciding), new NearestMiss(policy, ends).hint(test, packets)));
    }

    /** A connection is what its strictest direction makes of it. */
    private static Seen deciding(List<Seen> seen) {
        for (Expectation outcome : List.of(Expectation.DENY, Expectation.AUDIT)) {
            for (Seen each : seen) {
                if (each.outcome() == outcome) {
                    return each;
                }
            }
        }
        return seen.stream().filter(each -> each.rule() != null).findFirst().orElse(seen.getFirst());
    }

    private static String found(PolicyTest test, Seen seen) {
        String by = test.by() == null ? "" : " by rule \"%s\"".formatted(test.by());
        String what = switch (seen.outcome()) {
            case ALLOW -> "allowed";
            case DENY -> "denied";
            case AUDIT -> "audited";
        };
        String rule = seen.rule() == null
                ? "no rule decides"
                : TableRule.DEFAULT_RULE_ID.equals(seen.rule())
                        ? "by the default action"
                        : "by rule \"%s\"".formatted(seen.rule());
        return "\"%s\" expects %s%s, but it is %s: %s (%s)"
                .formatted(
                        test.name(),
                        test.expect().name().toLowerCase(Locale.ROOT),
                        by,
                        what,
                        rule,
                        seen.direction().wireName());
    }
}
