package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.Protocols;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the stored policies say of a new connection on a host, and which rule it is. */
@Command(
        name = "explain",
        description = {
            "Ask what the stored policies decide on a host about a new connection, and by which rule.",
            "It is policy-service that answers, by the evaluator that the kernel is held to: what is desired, not what the host"
                    + " has loaded."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl explain --host db-1 --from 198.18.71.10 --to 198.18.72.20 --port 5432",
            "  segctl explain --host web-1 --direction egress --from fd00::1 --to fd00::2 --protocol icmpv6"
        })
final class ExplainCommand implements Callable<Integer> {
    private static final int SOME_SOURCE_PORT = 40_000;

    private final RootCommand root;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            required = true,
            converter = HostIdText.class,
            description = "The host that the packet enters or leaves.")
    private HostId host;

    @Option(names = "--from", paramLabel = "ADDRESS", required = true, description = "The source.")
    private String from;

    @Option(names = "--to", paramLabel = "ADDRESS", required = true, description = "The destination.")
    private String to;

    @Option(
            names = "--protocol",
            paramLabel = "P",
            defaultValue = "tcp",
            converter = ProtocolText.class,
            description = "tcp, udp, icmp, icmpv6, sctp or a number (default: ${DEFAULT-VALUE}).")
    private int protocol;

    @Option(names = "--port", paramLabel = "N", description = "The destination's; of protocols that have ports.")
    private Integer port;

    @Option(names = "--source-port", paramLabel = "N", description = "The source's (default: 40000).")
    private Integer sourcePort;

    @Option(
            names = "--direction",
            paramLabel = "D",
            defaultValue = "ingress",
            description = "ingress or egress, as the host sees it (default: ${DEFAULT-VALUE}).")
    private Direction direction;

    @Option(names = "--interface", paramLabel = "NAME", description = "Of the host (default: none of the known ones).")
    private String interfaceName;

    ExplainCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        PacketTuple packet = packet();
        Decision decision;
        try (BusClient bus = root.connect()) {
            decision = new PolicyBus(bus).evaluate(host, packet);
        }
        Output output = root.output();
        if (output.isJson()) {
            output.json(decision);
        } else {
            print(packet, decision, output);
        }
        return ExitCode.OK;
    }

    private PacketTuple packet() {
        boolean ports = Protocols.hasPorts(protocol);
        if (ports != (port != null)) {
            throw Failure.usage(
                    ports ? "--port is missing" : "%s has no ports".formatted(Protocols.name(protocol)),
                    ports ? "name the destination's port: --port 443" : "leave --port out");
        }
        boolean icmp = Protocols.isIcmp(protocol);
        try {
            return new PacketTuple(
                    direction,
                    Addresses.format(Addresses.parse(from)),
                    Addresses.format(Addresses.parse(to)),
                    protocol,
                    ports ? sourcePort == null ? Integer.valueOf(SOME_SOURCE_PORT) : sourcePort : null,
                    port,
                    icmp ? Protocols.echoRequest(protocol) : null,
                    icmp ? 0 : null,
                    interfaceName);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(
                    e.getMessage(), "write literal addresses, ports from 0 to 65535, and ingress or egress");
        }
    }

    private void print(PacketTuple packet, Decision decision, Output output) {
        Cell verdict = decision.action() == Action.DENY
                ? Glyph.NO.with("DENIED")
                : decision.audit() == null ? Glyph.YES.with("ALLOWED") : Glyph.HALF.with("AUDITED");
        String port = packet.destPort() == null ? "" : " port " + packet.destPort();
        output.line("%s  %s %s → %s%s  %s on %s"
                .formatted(
                        verdict.tone().paint(verdict.text(), output.outColors()),
                        Protocols.name(packet.protocol()),
                        packet.sourceIp(),
                        packet.destIp(),
                        port,
                        packet.direction().wireName(),
                        host));
        output.line("  %s  %s".formatted(decision.reason().wireName(), decider(decision)));
        if (decision.audit() != null) {
            output.line(Printable.of("  would be denied by %s@v%d/%s"
                    .formatted(
                            decision.audit().policyId(),
                            decision.audit().policyVersion(),
                            decision.audit().ruleId())));
        }
        decision.logged().forEach(rule -> output.line(Printable.of("  noted by " + rule)));
    }

    private static String decider(Decision decision) {
        return decision.policyId() == null
                ? "no policy decides: the host's posture does"
                : Printable.of("%s@v%d/%s".formatted(decision.policyId(), decision.policyVersion(), decision.ruleId()));
    }
}
