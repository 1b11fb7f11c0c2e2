package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * All that one node did with another.
 *
 * @param source the id of the {@link MapNode} that opened the connections
 * @param dest the id of the other
 * @param allowed connections that began and were allowed, as hosts recorded them
 * @param dropped packets and connects that were dropped
 * @param audited packets that passed and that an audit policy would have dropped
 * @param lastAllowed what decided last; null when nothing was allowed, or the deciding is not known
 * @param lastDropped as lastAllowed
 * @param lastAudited as lastAllowed
 * @param ports those with the most, at most {@link #MOST_PORTS}
 * @param omittedPorts ports that found no place
 */
public record MapEdge(
        String source,
        String dest,
        long allowed,
        long dropped,
        long audited,
        Decider lastAllowed,
        Decider lastDropped,
        Decider lastAudited,
        List<Port> ports,
        long omittedPorts,
        Instant first,
        Instant last) {
    public static final int MOST_PORTS = 16;

    public MapEdge {
        requireNonNull(source, "source is missing");
        requireNonNull(dest, "dest is missing");
        requireNonNull(first, "first is missing");
        requireNonNull(last, "last is missing");
        Figures.requireCount(allowed, "allowed");
        Figures.requireCount(dropped, "dropped");
        Figures.requireCount(audited, "audited");
        ports = Frozen.list(ports, "ports");
        Figures.requireCount(omittedPorts, "omitted_ports");
    }

    /** Which edge it is. */
    public Key key() {
        return new Key(source, dest);
    }

    /** The ends of an edge, ids of nodes. */
    public record Key(String source, String dest) {
        public Key {
            requireNonNull(source, "source is missing");
            requireNonNull(dest, "dest is missing");
        }
    }

    /**
     * What an edge did on one port; its figures are as the edge's.
     *
     * @param port of the destination; 0 where there is none
     */
    public record Port(String protocol, int port, long allowed, long dropped, long audited) {
        public Port {
            requireNonNull(protocol, "protocol is missing");
            Figures.requirePort(port, "port");
            Figures.requireCount(allowed, "allowed");
            Figures.requireCount(dropped, "dropped");
            Figures.requireCount(audited, "audited");
        }
    }

    /**
     * What decided.
     *
     * @param policyId null for the posture and the failsafe
     * @param policyVersion null with policyId
     * @param ruleId null with policyId
     */
    public record Decider(PolicyId policyId, Long policyVersion, String ruleId, Reason reason, Instant at) {
        public Decider {
            requireNonNull(reason, "reason is missing");
            requireNonNull(at, "at is missing");
            Figures.requireDecider(policyId, policyVersion, ruleId);
        }
    }
}
