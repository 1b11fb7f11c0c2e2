package io.aegisflux.segmentation.engine.planning;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyPlan.Doubt;
import io.aegisflux.segmentation.contracts.Protocols;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Judges recorded flows by a rule table. A record lacks source ports that systems chose for themselves, and sometimes the
 * source: then all values that the table could tell apart are tried, and there is a verdict when they come to the same.
 */
public final class FlowJudge {
    private static final int PORTS = 65_536;

    private final Evaluator evaluator;

    /** One of each stretch of chosen ports in which no rule tells one from another. */
    private final List<Integer> sourcePorts;

    /**
     * @param table of the host that recorded the flows
     */
    public FlowJudge(RuleTable table) {
        this.evaluator = Evaluator.forMany(table);
        TreeSet<Integer> begins = new TreeSet<>(List.of(FlowRecord.CHOSEN_PORTS));
        table.rules().stream()
                .filter(rule -> rule.sourcePorts() != null)
                .flatMap(rule -> rule.sourcePorts().stream())
                .forEach(range -> addEnds(range, begins));
        this.sourcePorts = List.copyOf(begins.subSet(FlowRecord.CHOSEN_PORTS, PORTS));
    }

    private static void addEnds(NumberRange range, TreeSet<Integer> begins) {
        begins.add(range.low());
        begins.add(range.high() + 1);
    }

    /**
     * What the table says.
     *
     * @param ownAddresses the host's, for flows that it began itself and whose source is not recorded
     * @param now for rules that expire
     */
    public FlowVerdict judge(FlowRecord flow, List<String> ownAddresses, Instant now) {
        requireNonNull(now, "now is null");
        int protocol = Protocols.number(flow.protocol()).orElseThrow();
        boolean ports = Protocols.hasPorts(protocol);
        if (flow.destIp() == null
                || ports && flow.destPort() == null
                || Protocols.isIcmp(protocol) && flow.icmpType() == null) {
            return new FlowVerdict.Doubtful(Doubt.NOT_A_CONNECTION);
        }
        List<String> sources = sources(flow, ownAddresses);
        if (sources.isEmpty()) {
            return new FlowVerdict.Doubtful(Doubt.SOURCE_UNKNOWN);
        }
        List<Integer> tried = new ArrayList<>();
        if (!ports) {
            tried.add(null);
        } else if (flow.sourcePort() != null) {
            tried.add(flow.sourcePort());
        } else {
            tried.addAll(sourcePorts);
        }
        Decision first = null;
        for (String source : sources) {
            Decision ofSource = null;
            for (Integer port : tried) {
                Decision decision = evaluator.decide(packet(flow, protocol, source, port), now);
                if (ofSource != null && !isAlike(ofSource, decision)) {
                    return new FlowVerdict.Doubtful(Doubt.SOURCE_PORT_UNKNOWN);
                }
                ofSource = ofSource == null ? decision : ofSource;
            }
            if (first != null && !isAlike(first, ofSource)) {
                return new FlowVerdict.Doubtful(Doubt.SOURCE_UNKNOWN);
            }
            first = first == null ? ofSource : first;
        }
        return new FlowVerdict.Judged(first);
    }

    /** Whether two decisions are the same to who is judged. */
    private static boolean isAlike(Decision one, Decision other) {
        return one.action() == other.action() && (one.audit() == null) == (other.audit() == null);
    }

    private static List<String> sources(FlowRecord flow, List<String> ownAddresses) {
        boolean isIpv6 = flow.destIp().indexOf(':') >= 0;
        return flow.sourceIp() != null
                ? List.of(flow.sourceIp())
                : ownAddresses.stream()
                        .filter(address -> address.indexOf(':') >= 0 == isIpv6)
                        .toList();
    }

    private static PacketTuple packet(FlowRecord flow, int protocol, String source, Integer sourcePort) {
        return new PacketTuple(
                flow.direction(),
                source,
                flow.destIp(),
                protocol,
                sourcePort,
                flow.destPort(),
                flow.icmpType(),
                flow.icmpCode(),
                flow.interfaceName());
    }
}
