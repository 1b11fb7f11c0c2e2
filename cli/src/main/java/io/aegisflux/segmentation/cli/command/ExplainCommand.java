package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyExplanation;
import io.aegisflux.segmentation.contracts.Protocols;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What becomes of a new connection on a host, and why. */
@Command(
        name = "explain",
        description = {
            "Say what the policies on a host make of a new connection, and why: what every policy and rule has to do with it, the"
                    + " allow rule that came nearest, whether the host has loaded what is desired, and the rule's last hit.",
            "It is policy-service that answers, by the evaluator that the kernel is held to."
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit codes beside those of segctl:%n",
        exitCodeList = "  3:with --expect, when it is decided otherwise",
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl explain --host db-1 --from 198.18.71.10 --to 198.18.72.20 --port 5432",
            "  segctl explain --host web-1 --direction egress --from fd00::1 --to fd00::2 --protocol icmpv6",
            "  segctl explain --host db-1 --from 198.18.71.11 --to 198.18.72.20 --port 5432 --expect allow"
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

    @Option(
            names = "--expect",
            paramLabel = "ACTION",
            converter = AllowOrDeny.class,
            description = "allow or deny: end with 3 when it is decided otherwise.")
    private Action expected;

    ExplainCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        PacketTuple packet = packet();
        PolicyExplanation explanation;
        try (BusClient bus = root.connect()) {
            explanation = new PolicyBus(bus).explain(host, packet);
        }
        Output output = root.output();
        if (output.isJson()) {
            output.json(explanation);
        } else {
            new ExplanationScreen(host, packet, explanation, output).print();
        }
        return expected == null || explanation.decision().action() == expected ? ExitCode.OK : ExitCode.FINDINGS;
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
}
