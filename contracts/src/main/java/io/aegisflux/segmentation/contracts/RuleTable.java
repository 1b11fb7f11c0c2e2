package io.aegisflux.segmentation.contracts;

import java.util.List;

/**
 * Everything a host needs to judge a packet, lowered from the policies that apply to it: rules in the order in which
 * they are considered, the default actions of the policies last. What no rule decides, the posture does.
 *
 * @param policies by priority, then id
 * @param rules in evaluation order
 * @param posture ALLOW or DENY
 */
public record RuleTable(List<PolicyRef> policies, List<TableRule> rules, Action posture) {
    /** Nothing is decided but by the posture: allow. */
    public static final RuleTable EMPTY = new RuleTable(List.of(), List.of(), Action.ALLOW);

    public RuleTable {
        policies = Frozen.list(policies, "policies");
        rules = Frozen.list(rules, "rules");
        if (posture != Action.ALLOW && posture != Action.DENY) {
            throw new IllegalArgumentException("a posture is allow or deny, not " + posture);
        }
        for (TableRule rule : rules) {
            if (rule.policy() < 0 || rule.policy() >= policies.size()) {
                throw new IllegalArgumentException("rule %s names policy %d of %d"
                        .formatted(Quoted.shortened(rule.ruleId()), rule.policy(), policies.size()));
            }
        }
    }
}
