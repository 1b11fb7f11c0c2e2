package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyApi.SuggestRequest;
import io.aegisflux.segmentation.contracts.PolicyPlan.Doubt;
import io.aegisflux.segmentation.contracts.PolicyPlan.Evidence;
import io.aegisflux.segmentation.contracts.PolicyPlan.Total;
import io.aegisflux.segmentation.contracts.PolicySuggestion;
import io.aegisflux.segmentation.contracts.Protocols;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.language.AppliesTo;
import io.aegisflux.segmentation.engine.language.Glob;
import io.aegisflux.segmentation.engine.language.Limits;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.planning.FlowJudge;
import io.aegisflux.segmentation.engine.planning.FlowVerdict;
import io.aegisflux.segmentation.engine.planning.RecordedFlows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Makes an allow list of what hosts recorded and what passes now. Peers that are workloads with the wanted label are named
 * by it, all others by their addresses: nothing is widened to networks. The same flows make the same document. For one
 * suggestion, on one thread.
 */
public final class Suggesting {
    private static final int PRIORITY = 1_000;
    private static final int RULE_PRIORITY = 100;

    private final World world;
    private final SuggestRequest wanted;
    private final Instant now;
    private final AppliesTo hosts;
    private final InForce inForce;
    private final Lowering lowering;
    private final Map<HostId, FlowJudge> judges = new HashMap<>();
    private final Map<String, String> labelOfAddress = new HashMap<>();
    private final TreeMap<Service, Peers> services = new TreeMap<>(Comparator.comparing(Service::protocol)
            .thenComparing(Service::port)
            .thenComparing(Service::icmpType)
            .thenComparing(Service::icmpCode));
    private final FlowTally suggested = new FlowTally();
    private final FlowTally covered = new FlowTally();
    private final FlowTally denied = new FlowTally();
    private final Doubts doubts = new Doubts();

    /** What is reached; figures that the protocol has not are -1. */
    private record Service(String protocol, int port, int icmpType, int icmpCode) {
        static Service of(FlowRecord flow) {
            return new Service(
                    flow.protocol(), orNone(flow.destPort()), orNone(flow.icmpType()), orNone(flow.icmpCode()));
        }

        private static int orNone(Integer figure) {
            return figure == null ? -1 : figure;
        }

        /** {@code tcp-5432}, {@code icmp-8-0}. */
        String ruleId() {
            String id = Protocols.number(protocol).isPresent() && Character.isDigit(protocol.charAt(0))
                    ? "protocol-" + protocol
                    : protocol;
            if (port >= 0) {
                return id + "-" + port;
            }
            return icmpType >= 0 ? "%s-%d-%d".formatted(id, icmpType, icmpCode) : id;
        }
    }

    /** Who is at the other end of a service's flows. */
    private static final class Peers {
        private final Group byLabel = new Group();
        private final Group byAddress = new Group();
    }

    /** Peers that one list names. */
    private static final class Group {
        private final TreeMap<String, FlowTally> members = new TreeMap<>();

        void add(String member, FlowRecord flow) {
            members.computeIfAbsent(member, ignored -> new FlowTally()).add(flow);
        }
    }

    /**
     * @param now for rules that expire
     */
    public Suggesting(World world, SuggestRequest wanted, Instant now) {
        this.world = requireNonNull(world, "world is null");
        this.wanted = requireNonNull(wanted, "wanted is null");
        this.now = requireNonNull(now, "now is null");
        this.hosts = new AppliesTo(wanted.hosts().stream().map(Glob::new).toList(), wanted.labels(), List.of());
        this.inForce = InForce.of(world);
        List<Workload> workloads = world.workloads();
        this.lowering = new Lowering(workloads);
        for (Workload workload : workloads) {
            String value = workload.labels().get(wanted.byLabel());
            if (value != null && value.length() <= Limits.LABEL_VALUE) {
                workload.addresses().forEach(address -> labelOfAddress.putIfAbsent(address, value));
            }
        }
    }

    /**
     * The suggestion.
     *
     * @param evidence what the flows rest on; its {@code unjudged} is still empty
     */
    public PolicySuggestion suggest(RecordedFlows flows, Evidence evidence) {
        OwnAddresses own = OwnAddresses.in(flows);
        flows.forEach((host, flow) -> take(host, flow, own));
        return new PolicySuggestion(
                services.isEmpty() ? null : document(),
                evidence.with(doubts.list()),
                suggested.total(),
                covered.total(),
                denied.total());
    }

    private void take(HostId host, FlowRecord flow, OwnAddresses own) {
        CapabilityReport report = world.hosts().reports().get(host);
        if (report == null || flow.direction() != wanted.direction() || !hosts.includes(host, report.labels())) {
            return;
        }
        FlowVerdict verdict = judges.computeIfAbsent(
                        host, ignored -> new FlowJudge(lowering.lower(inForce.on(host), World.view(report))))
                .judge(flow, own.of(host), now);
        switch (verdict) {
            case FlowVerdict.Doubtful(Doubt doubt) -> doubts.of(doubt).add(flow);
            case FlowVerdict.Judged(Decision decision) -> {
                boolean isCovered = decision.reason() == Reason.RULE_ALLOW;
                if (decision.action() == Action.DENY) {
                    denied.add(flow);
                } else if (isCovered && !wanted.covered()) {
                    covered.add(flow);
                } else {
                    add(flow);
                }
            }
        }
    }

    private void add(FlowRecord flow) {
        String peer = wanted.direction() == Direction.INGRESS ? flow.sourceIp() : flow.destIp();
        suggested.add(flow);
        Peers peers = services.computeIfAbsent(Service.of(flow), ignored -> new Peers());
        String label = labelOfAddress.get(peer);
        if (label != null) {
            peers.byLabel.add(label, flow);
        } else {
            peers.byAddress.add(peer, flow);
        }
    }

    private ObjectNode document() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("id", wanted.policyId().value())
                .put("name", "What was seen %s".formatted(isIngress() ? "to come in" : "to go out"))
                .put("type", "network")
                .put("priority", PRIORITY)
                .put("mode", "audit")
                .put("direction", wanted.direction().wireName());
        if (!wanted.hosts().isEmpty() || !wanted.labels().isEmpty()) {
            ObjectNode appliesTo = document.putObject("applies_to");
            if (!wanted.hosts().isEmpty()) {
                ArrayNode globs = appliesTo.putArray("hosts");
                wanted.hosts().forEach(globs::add);
            }
            if (!wanted.labels().isEmpty()) {
                ObjectNode labels = appliesTo.putObject("labels");
                new TreeMap<>(wanted.labels()).forEach(labels::put);
            }
        }
        ArrayNode rules = document.putArray("rules");
        String end = isIngress() ? "source" : "dest";
        services.forEach((service, peers) -> {
            rules(rules, service, service.ruleId(), "%s.label.%s".formatted(end, wanted.byLabel()), peers.byLabel);
            rules(rules, service, service.ruleId() + "-addresses", end + "_ip", peers.byAddress);
        });
        return document;
    }

    /** One rule, or several where a list would be too long. */
    private static void rules(ArrayNode rules, Service service, String id, String field, Group group) {
        List<String> members = new ArrayList<>(group.members.keySet());
        for (int at = 0; at < members.size(); at += Limits.VALUES) {
            List<String> part = members.subList(at, Math.min(members.size(), at + Limits.VALUES));
            FlowTally tally = new FlowTally();
            for (String member : part) {
                tally.add(group.members.get(member));
            }
            Total total = tally.total();
            ObjectNode rule = rules.addObject();
            rule.put("id", at == 0 ? id : id + "-" + (at / Limits.VALUES + 1))
                    .put("action", "allow")
                    .put("priority", RULE_PRIORITY)
                    .put(
                            "description",
                            "%d connections in %d flows, last %s"
                                    .formatted(total.connections(), total.distinct(), tally.last()));
            rule.putObject("metadata")
                    .put("connections", total.connections())
                    .put("flows", total.distinct())
                    .put("last", tally.last().toString());
            ArrayNode conditions = rule.putArray("conditions");
            condition(conditions, "protocol", "eq").put("value", service.protocol);
            if (service.port >= 0) {
                condition(conditions, "dest_port", "eq").put("value", service.port);
            }
            if (service.icmpType >= 0) {
                condition(conditions, "icmp_type", "eq").put("value", service.icmpType);
                condition(conditions, "icmp_code", "eq").put("value", service.icmpCode);
            }
            ArrayNode values = condition(conditions, field, "in").putArray("value");
            new TreeSet<>(part).forEach(values::add);
        }
    }

    private static ObjectNode condition(ArrayNode conditions, String field, String operator) {
        return conditions.addObject().put("field", field).put("operator", operator);
    }

    private boolean isIngress() {
        return wanted.direction() == Direction.INGRESS;
    }
}
