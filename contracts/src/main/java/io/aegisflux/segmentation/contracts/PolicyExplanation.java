package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;

/**
 * What becomes of a connection on a host, and why.
 *
 * @param decision by the policies in force on the host
 * @param policies every policy there is: those that are not for the host or not in force say why
 * @param nearest the allow rule that the fewest conditions keep from a connection that is denied; null when it is allowed, or
 *     no rule allows anything
 * @param loaded how far the host is with what is desired of it
 * @param hits of the deciding rule on this host; null when none decides, or the host's counters are not at hand
 * @param recorded the event whose packet this is; null when a packet was asked about
 */
public record PolicyExplanation(
        Decision decision, List<Considered> policies, Nearest nearest, Loaded loaded, Hits hits, Recorded recorded) {
    public PolicyExplanation {
        requireNonNull(decision, "decision is missing");
        requireNonNull(loaded, "loaded is missing");
        policies = Frozen.list(policies, "policies");
    }

    /** Of a packet. */
    public PolicyExplanation(Decision decision, List<Considered> policies, Nearest nearest, Loaded loaded, Hits hits) {
        this(decision, policies, nearest, loaded, hits, null);
    }

    /** What a policy has to do with the connection. */
    public enum Standing {
        /** Its rules are considered. */
        CONSIDERED,
        /** It is disabled. */
        DISABLED,
        /** It has expired. */
        EXPIRED,
        /** It is for other hosts. */
        NOT_SELECTED;

        /** As written on the wire: the name itself. */
        @JsonValue
        public String wireName() {
            return name();
        }

        /**
         * @throws IllegalArgumentException when no constant is written so
         */
        @JsonCreator
        public static Standing of(String wireName) {
            return WireNames.constant(values(), Standing::wireName, wireName, "no standing");
        }
    }

    /** What a rule does with the connection. */
    public enum Effect {
        /** It decides. */
        DECIDES,
        /** It matches in audit mode, and is the first to. */
        AUDITS,
        /** It matches and goes on: log, mark, or a later rule in audit mode. */
        NOTES,
        /** It matches, but another decides before it. */
        BEHIND,
        /** A condition does not hold. */
        MISSES,
        /** It is disabled. */
        DISABLED,
        /** It has expired. */
        EXPIRED;

        /** As written on the wire: the name itself. */
        @JsonValue
        public String wireName() {
            return name();
        }

        /**
         * @throws IllegalArgumentException when no constant is written so
         */
        @JsonCreator
        public static Effect of(String wireName) {
            return WireNames.constant(values(), Effect::wireName, wireName, "no effect");
        }
    }

    /**
     * A policy.
     *
     * @param version on this host
     * @param why it is not considered; null when it is
     * @param rules in the order in which they are considered, the default action last; empty when it is not considered
     */
    public record Considered(PolicyId policyId, long version, Standing standing, String why, List<RuleEffect> rules) {
        public Considered {
            requireNonNull(policyId, "policy_id is missing");
            requireNonNull(standing, "standing is missing");
            Figures.requireVersion(version);
            rules = Frozen.list(rules, "rules");
        }
    }

    /**
     * A rule.
     *
     * @param action as {@link Action#wireName} has it
     * @param misses what does not hold, e.g. {@code dest_port is 80}; empty unless it misses
     */
    public record RuleEffect(String ruleId, Action action, Effect effect, List<String> misses) {
        public RuleEffect {
            requireNonNull(ruleId, "rule_id is missing");
            requireNonNull(action, "action is missing");
            requireNonNull(effect, "effect is missing");
            misses = Frozen.list(misses, "misses");
        }
    }

    /**
     * The allow rule that came nearest.
     *
     * @param misses what keeps it; empty when a rule before it decides
     */
    public record Nearest(PolicyId policyId, String ruleId, List<String> misses) {
        public Nearest {
            requireNonNull(policyId, "policy_id is missing");
            requireNonNull(ruleId, "rule_id is missing");
            misses = Frozen.list(misses, "misses");
        }
    }

    /**
     * How far a host is.
     *
     * @param desiredRevision 0 while nothing was computed for it
     * @param loadedRevision that its last counters are of; null when they are not at hand
     * @param reportedAt when it counted last; null with loadedRevision
     */
    public record Loaded(long desiredRevision, Long loadedRevision, Instant reportedAt) {
        public Loaded {
            Figures.requireCount(desiredRevision, "desired_revision");
            if (loadedRevision != null) {
                Figures.requireCount(loadedRevision, "loaded_revision");
            }
        }
    }

    /**
     * Packets that met a rule.
     *
     * @param last when the last one did; null for never
     */
    public record Hits(long packets, Instant last) {
        public Hits {
            Figures.requireCount(packets, "packets");
        }
    }

    /**
     * What was decided then, beside what would be now.
     *
     * @param event as it stands in the stream
     * @param packet that is explained; null when the event does not tell enough of it for any rule to be asked
     * @param gaps what the event does not tell, and what stands in its place
     * @param difference between the decision then and now, as a sentence; null when there is none
     */
    public record Recorded(FlowEvent event, PacketTuple packet, List<String> gaps, String difference) {
        public Recorded {
            requireNonNull(event, "event is missing");
            gaps = Frozen.list(gaps, "gaps");
        }
    }
}
