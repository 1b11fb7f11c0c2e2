package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What a change of policies would have done to recorded connections: each is judged by the policies that are stored and by
 * those that would be.
 *
 * @param changes what becomes of which policy
 * @param newlyBlocked allowed now, denied then
 * @param newlyAllowed denied now, allowed then
 * @param newlyAudited allowed by both, but a policy in audit mode would deny it then and would not now
 * @param unchanged all the other connections that could be judged
 */
public record PolicyPlan(
        List<Change> changes,
        Evidence evidence,
        Part newlyBlocked,
        Part newlyAllowed,
        Part newlyAudited,
        Total unchanged) {
    public PolicyPlan {
        changes = Frozen.list(changes, "changes");
        requireNonNull(evidence, "evidence is missing");
        requireNonNull(newlyBlocked, "newly_blocked is missing");
        requireNonNull(newlyAllowed, "newly_allowed is missing");
        requireNonNull(newlyAudited, "newly_audited is missing");
        requireNonNull(unchanged, "unchanged is missing");
    }

    /**
     * A policy of the plan.
     *
     * @param action created, updated, deleted or unchanged
     * @param version that it has now, 0 for none
     */
    public record Change(PolicyId policyId, String action, long version) {
        public static final String UNCHANGED = "unchanged";
        private static final Set<String> ACTIONS =
                Set.of(StoredPolicy.CREATED, StoredPolicy.UPDATED, StoredPolicy.DELETED, UNCHANGED);

        public Change {
            requireNonNull(policyId, "policy_id is missing");
            requireNonNull(action, "action is missing");
            Figures.requireWord(action, ACTIONS, "action");
            Figures.requireCount(version, "version");
        }
    }

    /**
     * What the plan rests on, and what it cannot know.
     *
     * @param from begin of the window that was asked for
     * @param to its end
     * @param recordedFrom when the oldest record begins that was read; null when there was none
     * @param hostsKnown hosts that ever reported
     * @param hostsHeard those of them with a record in the window
     * @param silentHosts the others, the first {@link #MOST_NAMED} by id
     * @param flows all of them that are told apart, and their connections
     * @param unjudged those of them that no verdict could be found for, by reason
     * @param unrecorded connections and refused packets that hosts say they did not record
     * @param incomplete records of hosts whose table of connections was nearly full
     * @param unreadable messages that are no records
     */
    public record Evidence(
            Instant from,
            Instant to,
            Instant recordedFrom,
            int hostsKnown,
            int hostsHeard,
            List<HostId> silentHosts,
            Total flows,
            List<Unjudged> unjudged,
            long unrecorded,
            long incomplete,
            long unreadable) {
        public static final int MOST_NAMED = 100;

        public Evidence {
            requireNonNull(from, "from is missing");
            requireNonNull(to, "to is missing");
            requireNonNull(flows, "flows is missing");
            silentHosts = Frozen.list(silentHosts, "silent_hosts");
            unjudged = Frozen.list(unjudged, "unjudged");
            Figures.requireCount(hostsKnown, "hosts_known");
            Figures.requireCount(hostsHeard, "hosts_heard");
            Figures.requireCount(unrecorded, "unrecorded");
            Figures.requireCount(incomplete, "incomplete");
            Figures.requireCount(unreadable, "unreadable");
        }

        /** The same, with what could not be judged. */
        public Evidence with(List<Unjudged> newUnjudged) {
            return new Evidence(
                    from,
                    to,
                    recordedFrom,
                    hostsKnown,
                    hostsHeard,
                    silentHosts,
                    flows,
                    newUnjudged,
                    unrecorded,
                    incomplete,
                    unreadable);
        }
    }

    /**
     * How much.
     *
     * @param distinct flows that are told apart: host, direction, interface, ends, port and protocol
     * @param connections begun in them; of what was dropped the packets
     */
    public record Total(long distinct, long connections) {
        public Total {
            Figures.requireCount(distinct, "distinct");
            Figures.requireCount(connections, "connections");
        }
    }

    /** Why flows could not be judged, and how many they are. */
    public record Unjudged(Doubt reason, Total total) {
        public Unjudged {
            requireNonNull(reason, "reason is missing");
            requireNonNull(total, "total is missing");
        }
    }

    /** Why a recorded flow has no verdict. */
    public enum Doubt {
        /** Its source was not known to the hook that refused it, and rules would tell the host's addresses apart. */
        SOURCE_UNKNOWN,
        /** Rules would tell source ports from 1024 on apart, which records do not hold. */
        SOURCE_PORT_UNKNOWN,
        /** The packet could not be parsed, or its type of ICMP was not recorded. */
        NOT_A_CONNECTION,
        /** The host is not known any more. */
        HOST_UNKNOWN,
        /** More flows in the window than one plan holds. */
        TOO_MANY;

        /** As written on the wire: the name itself. */
        @JsonValue
        public String wireName() {
            return name();
        }

        /**
         * @throws IllegalArgumentException when no constant is written so
         */
        @JsonCreator
        public static Doubt of(String wireName) {
            return WireNames.constant(values(), Doubt::wireName, wireName, "no doubt");
        }
    }

    /**
     * Flows that the change concerns.
     *
     * @param rows those with the most connections first; as many as were asked for
     */
    public record Part(Total total, List<Row> rows) {
        public Part {
            requireNonNull(total, "total is missing");
            rows = Frozen.list(rows, "rows");
        }
    }

    /**
     * A flow and both verdicts.
     *
     * @param sourceName the workload that has the address; null for none
     * @param destName as sourceName
     * @param interfaceName {@code interface} on the wire
     * @param count connections, or refused packets
     * @param now by the stored policies
     * @param then by the policies of the plan; one that would change has the version that it would get
     */
    public record Row(
            HostId hostId,
            Direction direction,
            String sourceIp,
            String sourceName,
            String destIp,
            String destName,
            Integer destPort,
            String protocol,
            String interfaceName,
            long count,
            Instant last,
            Decision now,
            Decision then) {
        public Row {
            requireNonNull(hostId, "host_id is missing");
            requireNonNull(direction, "direction is missing");
            requireNonNull(destIp, "dest_ip is missing");
            requireNonNull(protocol, "protocol is missing");
            requireNonNull(last, "last is missing");
            requireNonNull(now, "now is missing");
            requireNonNull(then, "then is missing");
            if (destPort != null) {
                Figures.requirePort(destPort, "dest_port");
            }
            Figures.requireCount(count, "count");
        }

        /** As rules call it: {@code interface}. */
        @JsonProperty("interface")
        public String interfaceName() {
            return interfaceName;
        }
    }
}
