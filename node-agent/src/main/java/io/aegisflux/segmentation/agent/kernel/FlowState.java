package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.contracts.Protocols;

/** How far a flow is, as {@code enum flow_state} of bpf/conntrack.h numbers it; docs/conntrack.md says what each means. */
enum FlowState {
    OPENING,
    ANSWERED,
    ESTABLISHED,
    CLOSING,
    CLOSED;

    /** Seconds without a packet after which the programs take a flow in this state for gone. */
    long timeout(int protocol) {
        if (Protocols.isIcmp(protocol)) {
            return 30;
        }
        if (protocol == Protocols.TCP) {
            return switch (this) {
                case OPENING, ANSWERED -> 60;
                case ESTABLISHED -> 8 * 3600;
                case CLOSING -> 600;
                case CLOSED -> 10;
            };
        }
        if (this != OPENING) {
            return 180;
        }
        return protocol == Protocols.UDP ? 30 : 60;
    }
}
