package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A program of somebody else's on a hook of ours.
 *
 * @param name in the kernel, of at most 15 characters; empty where only its id may be known, which is without
 *     CAP_SYS_ADMIN
 * @param id as {@code bpftool prog} shows it
 */
record OtherProgram(String name, int id, Order order) {
    private static final System.Logger LOG = System.getLogger(OtherProgram.class.getName());

    OtherProgram {
        requireNonNull(name, "name is null");
        requireNonNull(order, "order is null");
    }

    /** When it sees a packet or a connect, compared with our program. */
    enum Order {
        BEFORE,
        AFTER
    }

    /** Asks the kernel for the ids of a hook's programs in the order in which they run. */
    @FunctionalInterface
    interface Query {
        List<Integer> ids() throws BpfException;
    }

    /**
     * Those that run besides ours, in the order in which they run. Where the kernel does not tell, none: protecting the
     * place matters more.
     *
     * @param ours the id of our program
     */
    static List<OtherProgram> around(int ours, Query query) {
        try {
            List<OtherProgram> others = new ArrayList<>();
            Order order = Order.BEFORE;
            for (int id : query.ids()) {
                if (id == ours) {
                    order = Order.AFTER;
                } else {
                    others.add(new OtherProgram(BpfProgram.name(id), id, order));
                }
            }
            return others;
        } catch (BpfException e) {
            LOG.log(Level.DEBUG, "programs of others are not told: {0}", e.getMessage());
            return List.of();
        }
    }

    /** E.g. {@code cil_from_netdev (id 12)}. */
    String called() {
        return "%s (id %d)".formatted(name.isEmpty() ? "a program" : name, id);
    }

    /** E.g. {@code cil_from_netdev (id 12) before ours}. */
    String text() {
        return "%s %s ours".formatted(called(), order.name().toLowerCase(Locale.ROOT));
    }
}
