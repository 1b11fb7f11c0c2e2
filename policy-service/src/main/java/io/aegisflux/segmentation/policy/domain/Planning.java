package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyPlan;
import io.aegisflux.segmentation.contracts.PolicyPlan.Doubt;
import io.aegisflux.segmentation.contracts.PolicyPlan.Part;
import io.aegisflux.segmentation.contracts.PolicyPlan.Row;
import io.aegisflux.segmentation.contracts.PolicyPlan.Total;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import io.aegisflux.segmentation.engine.planning.FlowJudge;
import io.aegisflux.segmentation.engine.planning.FlowVerdict;
import io.aegisflux.segmentation.engine.planning.RecordedFlows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Judges recorded flows by the policies as they are and as they would be. For one plan, on one thread. */
public final class Planning {
    private static final Comparator<Row> MOST_FIRST = Comparator.comparingLong(Row::count)
            .reversed()
            .thenComparing(Row::last, Comparator.reverseOrder())
            .thenComparing(row -> row.hostId().value())
            .thenComparing(Row::toString);

    private final World world;
    private final Candidates candidates;
    private final Instant now;
    private final InForce inForce;
    private final Lowering lowering;
    private final Map<String, String> nameOfAddress = new HashMap<>();
    private final Map<RuleTable, FlowJudge> judges = new HashMap<>();
    private final Map<HostId, Judges> judgesOfHost = new HashMap<>();
    private final Doubts doubts = new Doubts();
    private final List<Row> blocked = new ArrayList<>();
    private final List<Row> allowed = new ArrayList<>();
    private final List<Row> audited = new ArrayList<>();
    private final FlowTally unchanged = new FlowTally();

    private record Judges(FlowJudge now, FlowJudge then) {}

    /**
     * @param now for rules that expire
     */
    public Planning(World world, Candidates candidates, Instant now) {
        this.world = requireNonNull(world, "world is null");
        this.candidates = requireNonNull(candidates, "candidates is null");
        this.now = requireNonNull(now, "now is null");
        this.inForce = InForce.of(world);
        List<Workload> workloads = world.workloads();
        this.lowering = new Lowering(workloads);
        workloads.forEach(workload ->
                workload.addresses().forEach(address -> nameOfAddress.putIfAbsent(address, workload.name())));
    }

    /**
     * Judges.
     *
     * @param evidence what the flows rest on; its {@code unjudged} is still empty
     * @param most how many rows of each part are listed
     */
    public PolicyPlan plan(RecordedFlows flows, PolicyPlan.Evidence evidence, int most) {
        OwnAddresses own = OwnAddresses.in(flows);
        flows.forEach((host, flow) -> judge(host, flow, own));
        if (flows.omitted().distinct() > 0) {
            doubts.of(Doubt.TOO_MANY).add(flows.omitted());
        }
        return new PolicyPlan(
                candidates.changes(),
                evidence.with(doubts.list()),
                part(blocked, most),
                part(allowed, most),
                part(audited, most),
                unchanged.total());
    }

    private void judge(HostId host, FlowRecord flow, OwnAddresses ownAddresses) {
        CapabilityReport report = world.hosts().reports().get(host);
        if (report == null) {
            doubts.of(Doubt.HOST_UNKNOWN).add(flow);
            return;
        }
        Judges both = judgesOfHost.computeIfAbsent(host, ignored -> judges(report));
        if (both.now == both.then) {
            unchanged.add(flow); // of one table all flows come to the same, also those that are in doubt
            return;
        }
        List<String> own = ownAddresses.of(host);
        FlowVerdict before = both.now.judge(flow, own, now);
        FlowVerdict after = both.then.judge(flow, own, now);
        if (before instanceof FlowVerdict.Judged(Decision is) && after instanceof FlowVerdict.Judged(Decision would)) {
            place(host, flow, is, would);
        } else {
            doubts.of(
                            before instanceof FlowVerdict.Doubtful(Doubt doubt)
                                    ? doubt
                                    : ((FlowVerdict.Doubtful) after).doubt())
                    .add(flow);
        }
    }

    private Judges judges(CapabilityReport report) {
        HostView host = World.view(report);
        List<VersionedPolicy> stored = inForce.on(host.id());
        return new Judges(judge(lowering.lower(stored, host)), judge(lowering.lower(candidates.over(stored), host)));
    }

    private FlowJudge judge(RuleTable table) {
        return judges.computeIfAbsent(table, FlowJudge::new);
    }

    private void place(HostId host, FlowRecord flow, Decision is, Decision would) {
        if (is.action() != would.action()) {
            (would.action() == Action.DENY ? blocked : allowed).add(row(host, flow, is, would));
        } else if (would.audit() != null && is.audit() == null) {
            audited.add(row(host, flow, is, would));
        } else {
            unchanged.add(flow);
        }
    }

    private Row row(HostId host, FlowRecord flow, Decision is, Decision would) {
        return new Row(
                host,
                flow.direction(),
                flow.sourceIp(),
                nameOfAddress.get(flow.sourceIp()),
                flow.destIp(),
                nameOfAddress.get(flow.destIp()),
                flow.destPort(),
                flow.protocol(),
                flow.interfaceName(),
                flow.count(),
                flow.last(),
                is,
                would);
    }

    private static Part part(List<Row> rows, int most) {
        return new Part(
                new Total(rows.size(), rows.stream().mapToLong(Row::count).sum()),
                rows.stream().sorted(MOST_FIRST).limit(most).toList());
    }
}
