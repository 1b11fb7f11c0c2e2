package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Why a verdict is what it is; stable codes, the same in events, explain and the CLI. */
public enum Reason {
    /** An allow rule matched, or a rate_limit rule whose rate was not used up. */
    RULE_ALLOW,
    /** A deny rule matched. */
    RULE_DENY,
    /** A log rule matched. */
    RULE_LOG,
    /** No rule matched and the default action of a policy is deny. */
    DEFAULT_DENY,
    /** No rule matched and the default action of a policy is allow. */
    DEFAULT_ALLOW,
    /** Nothing of any policy decided; the host's own posture did. */
    POSTURE,
    /** Passed, but an audit policy would have denied it. */
    AUDIT_WOULD_DENY,
    /** A packet of a flow that was allowed before. */
    ESTABLISHED,
    /** Traffic that no policy may cut: the agent's NATS endpoints, ARP, neighbour discovery, DHCP, packet-too-big. */
    FAILSAFE,
    /** The packet could not be parsed. */
    MALFORMED,
    /** A rate_limit rule matched, and its rate was used up. */
    RATE_LIMITED,
    /** Neither IP nor ARP, and the host is set to let no such frames pass. */
    NON_IP;

    /** As written on the wire: the name itself. */
    @JsonValue
    public String wireName() {
        return name();
    }

    /**
     * @throws IllegalArgumentException when no constant is written so
     */
    @JsonCreator
    public static Reason of(String wireName) {
        return WireNames.constant(values(), Reason::wireName, wireName, "no reason");
    }
}
