package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.List;

/**
 * One rule of a lowered {@link RuleTable}. It matches a packet when every member that is given holds it; a member that
 * is absent matches all. A packet that has no such field (no ports, no ICMP type) never matches a given member.
 *
 * @param policy index into {@link RuleTable#policies()}
 * @param ruleId the rule's id in its policy; {@link #DEFAULT_RULE_ID} for the policy's default action
 * @param priority the rule's own priority, lower first; for display, the order of the table is what counts
 * @param action what to do
 * @param audit report what it would have done, then go on
 * @param direction the directions it sees
 * @param ipVersion 4 or 6; null for both
 * @param protocols ranges of IP protocol numbers (IPv6: of the last header)
 * @param sources prefixes; a packet of a version without a prefix here does not match
 * @param destinations as sources
 * @param sourcePorts ranges of ports of TCP, UDP or SCTP
 * @param destPorts as sourcePorts
 * @param icmpTypes ranges of types of ICMP or ICMPv6
 * @param icmpCodes as icmpTypes
 * @param interfaces conditions on the interface, all of which must hold
 * @param mark the mark that {@link Action#MARK} sets; 0 when it sets none
 * @param dscp the DSCP that {@link Action#MARK} sets, 0 to 63; null when it sets none
 * @param rateLimit of {@link Action#RATE_LIMIT}; null otherwise
 * @param expiresAt the instant from which on the rule is as if it were not there
 */
public record TableRule(
        int policy,
        String ruleId,
        int priority,
        Action action,
        boolean audit,
        Direction direction,
        Integer ipVersion,
        List<NumberRange> protocols,
        List<Prefix> sources,
        List<Prefix> destinations,
        List<NumberRange> sourcePorts,
        List<NumberRange> destPorts,
        List<NumberRange> icmpTypes,
        List<NumberRange> icmpCodes,
        List<InterfaceMatch> interfaces,
        long mark,
        Integer dscp,
        RateLimit rateLimit,
        Instant expiresAt) {

    /** The rule id of a policy's default action, which no rule of a document may have. */
    public static final String DEFAULT_RULE_ID = "default-action";

    public TableRule {
        requireNonNull(ruleId, "rule_id is missing");
        requireNonNull(action, "action is missing");
        requireNonNull(direction, "direction is missing");
        if (policy < 0) {
            throw new IllegalArgumentException("policy is an index from 0, not " + policy);
        }
        Figures.requireCount(priority, "priority");
        if (ipVersion != null && ipVersion != 4 && ipVersion != 6) {
            throw new IllegalArgumentException("ip_version is 4 or 6, not " + ipVersion);
        }
        if (mark < 0 || mark > 0xFFFFFFFFL) {
            throw new IllegalArgumentException("a mark has 32 bits, %d does not fit".formatted(mark));
        }
        if (dscp != null && (dscp < 0 || dscp > 63)) {
            throw new IllegalArgumentException("dscp is 0 to 63, not " + dscp);
        }
        if ((action == Action.RATE_LIMIT) != (rateLimit != null)) {
            throw new IllegalArgumentException(
                    "rate_limit belongs to the action rate_limit, and it alone, not to " + action.wireName());
        }
        protocols = Frozen.listOrNull(protocols, "protocols");
        sources = Frozen.listOrNull(sources, "sources");
        destinations = Frozen.listOrNull(destinations, "destinations");
        sourcePorts = Frozen.listOrNull(sourcePorts, "source_ports");
        destPorts = Frozen.listOrNull(destPorts, "dest_ports");
        icmpTypes = Frozen.listOrNull(icmpTypes, "icmp_types");
        icmpCodes = Frozen.listOrNull(icmpCodes, "icmp_codes");
        interfaces = Frozen.listOrNull(interfaces, "interfaces");
    }

    /**
     * What matches the same packets, and is alike but for this.
     *
     * @param newPolicy index into {@link RuleTable#policies()}
     */
    public TableRule with(int newPolicy, String newRuleId, Action newAction, boolean newAudit) {
        return new TableRule(
                newPolicy,
                newRuleId,
                priority,
                newAction,
                newAudit,
                direction,
                ipVersion,
                protocols,
                sources,
                destinations,
                sourcePorts,
                destPorts,
                icmpTypes,
                icmpCodes,
                interfaces,
                mark,
                dscp,
                rateLimit,
                expiresAt);
    }

    /** Whether this stands for a policy's default action. */
    @JsonIgnore
    public boolean isDefault() {
        return ruleId.equals(DEFAULT_RULE_ID);
    }

    /** Whether the search ends here when the rule matches. */
    @JsonIgnore
    public boolean isTerminal() {
        return !audit && action.decides();
    }
}
