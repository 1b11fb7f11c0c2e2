package io.aegisflux.segmentation.cli.demo;

import io.aegisflux.segmentation.cli.bus.HostWatch;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PolicyApi.WorkloadSummary;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Verdict;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The workloads of {@code ./dev up} on this machine: real connections, out of their network namespaces. It is one by two
 * signs: hosts report workloads web, api and db at addresses that RFC 2544 keeps for benchmarks, which no real network has,
 * and network namespaces of this machine have these addresses.
 */
public record Playground(Place web, Place api, Place db) implements Scene {
    private static final Prefix BENCHMARKS = Prefix.parse("198.18.0.0/15");
    /** The first connection pays for ARP and class loading; a busy machine needs some time. */
    private static final Duration LONG = Duration.ofSeconds(10);

    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Duration WAIT_FOR_THE_EVENT = Duration.ofSeconds(30);

    /** A workload, and the host that reports it. */
    record Place(String name, HostId host, String address, NetworkNamespace namespace) {}

    /**
     * The one that is meant by these workloads; empty where it is not on this machine, or this user may not enter its network
     * namespaces.
     */
    public static Optional<Playground> find(List<WorkloadSummary> workloads) {
        return place("web", workloads)
                .flatMap(web -> place("api", workloads)
                        .flatMap(api -> place("db", workloads).map(db -> new Playground(web, api, db))));
    }

    @Override
    public HostId host() {
        return db.host();
    }

    @Override
    public List<String> about() {
        // Unseen: the connections that are shown should not pay for what the first one does.
        connect(web, LONG);
        connect(api, LONG);
        return List.of();
    }

    @Override
    public DemoPolicy.Terms terms() {
        return new DemoPolicy.Terms(
                Mode.ENFORCE,
                host(),
                "{ \"field\": \"source.label.app\", \"operator\": \"eq\", \"value\": \"api\" }",
                "{ \"app\": \"api\" }",
                "{ \"app\": \"web\" }",
                db.address());
    }

    @Override
    public Sight look(Client client, boolean expectThrough) {
        Place from = client == Client.WEB ? web : api;
        Attempt attempt = connect(from, expectThrough ? LONG : SHORT);
        return new Sight(
                "%s → db:%d".formatted(from.name(), DemoPolicy.PORT),
                attempt.shown(),
                attempt instanceof Attempt.Connected);
    }

    @Override
    public Why why(long version, HostWatch watch) {
        FlowEvent event = watch.event(this::isOfTheDrop, WAIT_FOR_THE_EVENT)
                .orElseThrow(() -> Failure.findings(
                        "%s has sent no event of the drop".formatted(host()),
                        "'segctl doctor --host %s' looks for the reason".formatted(host())));
        String decider = event.policyId() == null
                ? "(no policy)"
                : "%s@v%d/%s".formatted(event.policyId(), event.policyVersion(), event.ruleId());
        String line = "%s %s → %s:%d %s  %s  %s  %s  %s"
                .formatted(
                        event.hostId(),
                        event.sourceIp(),
                        event.destIp(),
                        event.destPort(),
                        event.protocol(),
                        Glyph.of(event.verdict()).text(),
                        decider,
                        event.hook().wireName(),
                        event.reason().wireName());
        boolean isOurs = DemoPolicy.ID.equals(event.policyId())
                && Long.valueOf(version).equals(event.policyVersion())
                && DemoPolicy.DENY_RULE.equals(event.ruleId());
        if (!isOurs) {
            throw Failure.findings(
                    "the drop is not of %s version %d: %s".formatted(DemoPolicy.ID, version, line),
                    "'segctl policy ls' shows which policies are considered before it");
        }
        return new Why("The bus says it, on " + Subjects.events(host()), List.of(line));
    }

    @Override
    public List<String> notShown() {
        return List.of();
    }

    private boolean isOfTheDrop(FlowEvent event) {
        return event.verdict() == Verdict.DROPPED
                && web.address().equals(event.sourceIp())
                && db.address().equals(event.destIp())
                && event.destPort() == DemoPolicy.PORT;
    }

    private Attempt connect(Place from, Duration patience) {
        return from.namespace().call(() -> Attempt.tcp(db.address(), DemoPolicy.PORT, patience));
    }

    private static Optional<Place> place(String name, List<WorkloadSummary> workloads) {
        for (WorkloadSummary workload : workloads) {
            if (workload.hostId() != null && name.equals(workload.labels().get("app"))) {
                for (String text : workload.addresses()) {
                    Prefix prefix = Prefix.parse(text);
                    if (prefix.ipVersion() == 4 && prefix.length() == 32 && BENCHMARKS.contains(prefix.address())) {
                        return namespaceOf(prefix.address())
                                .map(namespace -> new Place(
                                        name, workload.hostId(), Addresses.format(prefix.address()), namespace));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<NetworkNamespace> namespaceOf(byte[] address) {
        try {
            InetAddress wanted = InetAddress.getByAddress(address);
            return NetworkNamespace.all().stream()
                    .filter(namespace -> namespace.has(wanted))
                    .findFirst();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("no IPv4 address", e);
        }
    }
}
