package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.libbpf.BpfException;

/** A place where a program of ours is wanted. */
sealed interface Hookpoint permits TcHookpoint, XdpHookpoint, ConnectHookpoint {
    /** As status pages show it: the hook, and the interface where there is one, e.g. {@code tc_ingress@eth0}. */
    String name();

    /**
     * Sees to it that our program runs here: leaves it, replaces what another object of ours has there without a gap, or
     * attaches it.
     *
     * @throws BpfException when the kernel refuses
     */
    Standing ensure(Programs programs) throws BpfException;

    /** Takes ours away; nothing happens when it is not there. */
    void detach() throws BpfException;

    /** What {@link #ensure} did. */
    enum Change {
        KEPT,
        REPLACED,
        ATTACHED
    }

    /** How the place stands. */
    sealed interface Standing {
        /** For status pages: how it is attached, or off with the reason. */
        String text();

        /**
         * Our program runs.
         *
         * @param how tcx, clsact, native, generic or cgroup
         */
        record On(String how, Change change) implements Standing {
            @Override
            public String text() {
                return how;
            }
        }

        /** None runs. */
        record Off(String reason) implements Standing {
            @Override
            public String text() {
                return "off: " + reason;
            }
        }
    }
}
