package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

/**
 * What the agent of a host is asked on {@code segmentation.api.node.<host>.probe}: what the programs that are loaded there
 * make of a new connection → {@link ProbeReply}.
 */
public record ProbeRequest(PacketTuple packet) {
    public ProbeRequest {
        requireNonNull(packet, "packet is missing");
    }
}
