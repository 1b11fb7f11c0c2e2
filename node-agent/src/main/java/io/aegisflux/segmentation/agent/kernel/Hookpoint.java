package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import java.util.List;
import java.util.stream.Collectors;

/** A place where a program of ours is wanted. */
sealed interface Hookpoint permits TcHookpoint, ClsactHookpoint, XdpHookpoint, ConnectHookpoint {
    /** As status pages show it: the hook, and the interface where there is one, e.g. {@code tc_ingress@eth0}. */
    String name();

    /** Gives up a link of this place that holds our program elsewhere: on an interface that has another name now. Most have none. */
    default void leaveElsewhere() throws BpfException {}

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
        /** For status pages: how it is attached and what runs besides, or off with the reason. */
        String text();

        /** Programs of others at this place, in the order in which they run. */
        List<OtherProgram> others();

        /**
         * Our program runs.
         *
         * @param how tcx, clsact, native, generic or cgroup
         */
        record On(String how, Change change, List<OtherProgram> others) implements Standing {
            public On {
                others = List.copyOf(others);
            }

            @Override
            public String text() {
                return others.isEmpty()
                        ? how
                        : others.stream()
                                .map(OtherProgram::text)
                                .collect(Collectors.joining(", ", how + "; also ", ""));
            }
        }

        /** None runs. */
        record Off(String reason) implements Standing {
            static final Off NO_INTERFACE = new Off("there is no interface of this name now");

            @Override
            public List<OtherProgram> others() {
                return List.of();
            }

            @Override
            public String text() {
                return "off: " + reason;
            }
        }
    }
}
