package io.aegisflux.segmentation.agent.kernel;

/** How far a flow is, as {@code enum flow_state} of bpf/conntrack.h numbers it; docs/conntrack.md says what each means. */
enum FlowState {
    OPENING,
    ANSWERED,
    ESTABLISHED,
    CLOSING,
    CLOSED;

    private static final int TCP = 6;
    private static final int UDP = 17;

    /** Seconds without a packet after which the programs take a flow in this state for gone. */
    long timeout(int protocol) {
        if (PacketBytes.isIcmp(protocol)) {
            return 30;
        }
        if (protocol == TCP) {
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
        return protocol == UDP ? 30 : 60;
    }
}
