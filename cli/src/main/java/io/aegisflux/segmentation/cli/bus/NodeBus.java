package io.aegisflux.segmentation.cli.bus;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.ProbeReply;
import io.aegisflux.segmentation.contracts.ProbeRequest;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;

/** What segctl asks of the agent of a host. */
public final class NodeBus {
    private final BusClient bus;

    public NodeBus(BusClient bus) {
        this.bus = requireNonNull(bus, "bus is null");
    }

    /**
     * What the host's kernel makes of a packet.
     *
     * @throws Failure when the agent does not answer, or refuses
     */
    public ProbeReply probe(HostId host, PacketTuple packet) {
        try {
            return Answers.read(
                    bus.request(Subjects.probe(host), null, Wire.write(new ProbeRequest(packet))), ProbeReply.class);
        } catch (Failure failure) {
            throw failure.exitCode() == ExitCode.NO_ANSWER
                    ? Failure.noAnswer(
                            "the agent of host %s does not answer: %s".formatted(host, failure.getMessage()),
                            "see with 'segctl status' whether it runs, and whether it is of this version; without"
                                    + " --engine kernel, policy-service answers alone",
                            failure)
                    : failure;
        }
    }
}
