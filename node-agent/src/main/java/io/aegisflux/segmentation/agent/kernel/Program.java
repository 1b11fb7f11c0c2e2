package io.aegisflux.segmentation.agent.kernel;

import java.util.Locale;

/** The programs of the object, by their names in bpf/datapath.bpf.c. */
enum Program {
    TC_INGRESS,
    TC_EGRESS,
    XDP_INGRESS,
    CONNECT4,
    CONNECT6,
    /** On no hook: judges golden packets by the candidate before a switch, and packets that the agent is asked about. */
    GOLDEN;

    /** Its function in C. */
    String functionName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
