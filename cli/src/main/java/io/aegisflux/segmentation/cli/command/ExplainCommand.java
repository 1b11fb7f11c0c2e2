package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.NodeBus;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.EventId;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyExplanation;
import io.aegisflux.segmentation.contracts.ProbeReply;
import io.aegisflux.segmentation.contracts.Protocols;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What becomes of a new connection on a host, and why. */
@Command(
        name = "explain",
        description = {
            "Say what the policies on a host make of a new connection, and why: what every policy and rule has to do with it, the"
                    + " allow rule that came nearest, whether the host has loaded what is desired, and the rule's last hit.",
            "It is policy-service that answers, by the evaluator that the kernel is held to. With --engine kernel the host's kernel is"
                    + " asked too: what is loaded there, by a packet that is on no wire, counted nowhere and remembered by nothing.",
            "With --event it is the packet of an event, as 'segctl events' shows it behind id=, and what was decided then stands"
                    + " beside what would be now."
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit codes beside those of segctl:%n",
        exitCodeList =
                "  3:with --expect, when it is decided otherwise; with --engine kernel, when kernel and evaluator differ",
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl explain --host db-1 --from 198.18.71.10 --to 198.18.72.20 --port 5432",
            "  segctl explain --host web-1 --direction egress --from fd00::1 --to fd00::2 --protocol icmpv6",
            "  segctl explain --host db-1 --from 198.18.71.11 --to 198.18.72.20 --port 5432 --expect allow",
            "  segctl explain --host db-1 --from 198.18.71.11 --to 198.18.72.20 --port 5432 --engine kernel",
            "  segctl explain --event 01KJPX8SYR5V3HQT8MZ0R7E2DC"
        })
final class ExplainCommand implements Callable<Integer> {
    private static final int SOME_SOURCE_PORT = 40_000;

    private final RootCommand root;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            converter = HostIdText.class,
            description =
                    "The host that the packet enters or leaves; with --event, where to look for it (default: everywhere).")
    private HostId host;

    @Option(names = "--from", paramLabel = "ADDRESS", description = "The source.")
    private String from;

    @Option(names = "--to", paramLabel = "ADDRESS", description = "The destination.")
    private String to;

    @Option(
            names = "--protocol",
            paramLabel = "P",
            converter = ProtocolText.class,
            description = "tcp, udp, icmp, icmpv6, sctp or a number (default: tcp).")
    private Integer protocol;

    @Option(names = "--port", paramLabel = "N", description = "The destination's; of protocols that have ports.")
    private Integer port;

    @Option(names = "--source-port", paramLabel = "N", description = "The source's (default: 40000).")
    private Integer sourcePort;

    @Option(
            names = "--direction",
            paramLabel = "D",
            description = "ingress or egress, as the host sees it (default: ingress).")
    private Direction direction;

    @Option(names = "--interface", paramLabel = "NAME", description = "Of the host (default: none of the known ones).")
    private String interfaceName;

    @Option(
            names = "--expect",
            paramLabel = "ACTION",
            converter = AllowOrDeny.class,
            description = "allow or deny: end with 3 when it is decided otherwise.")
    private Action expectation;

    @Option(
            names = "--event",
            paramLabel = "ID",
            converter = EventIdText.class,
            description = "Explain the packet of this event, in place of one that is described.")
    private EventId event;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            defaultValue = "evaluator",
            converter = Engine.Text.class,
            description = "evaluator, or kernel to ask the host's too (default: ${DEFAULT-VALUE}).")
    private Engine engine;

    ExplainCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        PolicyApi.ExplainRequest request = request();
        try (BusClient bus = root.connect()) {
            PolicyExplanation explanation = new PolicyBus(bus).explain(request);
            HostId where = event == null ? host : explanation.recorded().event().hostId();
            Optional<PacketTuple> packet = Optional.ofNullable(
                    event == null ? request.packet() : explanation.recorded().packet());
            Optional<KernelComparison> kernel = engine == Engine.KERNEL
                    ? Optional.of(KernelComparison.of(explanation, probe(bus, where, packet)))
                    : Optional.empty();
            print(where, packet, explanation, kernel);
            boolean agree = kernel.map(KernelComparison::agree).orElse(true);
            boolean denied = explanation.decision().action() == Action.DENY; // else allowed, at a rate or not
            boolean expected = expectation == null || denied == (expectation == Action.DENY);
            return agree && expected ? ExitCode.OK : ExitCode.FINDINGS;
        }
    }

    private ProbeReply probe(BusClient bus, HostId where, Optional<PacketTuple> packet) {
        return new NodeBus(bus)
                .probe(
                        where,
                        packet.orElseThrow(() -> Failure.refused(
                                "the event does not tell a packet that the kernel could be asked about",
                                "leave out --engine kernel to see what it tells")));
    }

    private void print(
            HostId where,
            Optional<PacketTuple> packet,
            PolicyExplanation explanation,
            Optional<KernelComparison> kernel) {
        Output output = root.output();
        if (output.isJson()) {
            output.json(kernel.<Object>map(it -> it).orElse(explanation));
            return;
        }
        new ExplanationScreen(where, packet, explanation, output).print();
        kernel.ifPresent(it -> new KernelScreen(it, output).print());
    }

    private PolicyApi.ExplainRequest request() {
        if (event == null) {
            return new PolicyApi.ExplainRequest(required(host, "--host"), packet());
        }
        if (Stream.of(from, to, protocol, port, sourcePort, direction, interfaceName)
                .anyMatch(Objects::nonNull)) {
            throw Failure.usage(
                    "--event names a packet, so none is described",
                    "leave out --from, --to, --protocol, --port, --source-port, --direction and --interface");
        }
        return new PolicyApi.ExplainRequest(host, null, event);
    }

    private static <T> T required(T value, String option) {
        if (value == null) {
            throw Failure.usage(
                    option + " is missing", "describe a packet with --host, --from and --to, or name an --event");
        }
        return value;
    }

    private PacketTuple packet() {
        required(from, "--from");
        required(to, "--to");
        int number = protocol == null ? Protocols.TCP : protocol;
        boolean ports = Protocols.hasPorts(number);
        if (ports != (port != null)) {
            throw Failure.usage(
                    ports ? "--port is missing" : "%s has no ports".formatted(Protocols.name(number)),
                    ports ? "name the destination's port: --port 443" : "leave --port out");
        }
        boolean icmp = Protocols.isIcmp(number);
        try {
            return new PacketTuple(
                    direction == null ? Direction.INGRESS : direction,
                    Addresses.format(Addresses.parse(from)),
                    Addresses.format(Addresses.parse(to)),
                    number,
                    ports ? sourcePort == null ? Integer.valueOf(SOME_SOURCE_PORT) : sourcePort : null,
                    port,
                    icmp ? Protocols.echoRequest(number) : null,
                    icmp ? 0 : null,
                    interfaceName);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(
                    e.getMessage(), "write literal addresses, ports from 0 to 65535, and ingress or egress");
        }
    }
}
