package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.RuleTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What enforces on this host: programs on hooks, the table they read, the counters they keep. Everything it installs is
 * pinned and goes on without the agent; {@link #close()} lets go of it and changes nothing that is enforced. Called by
 * one thread at a time; decisions arrive on a thread of its own.
 */
public interface Datapath extends AutoCloseable {
    /**
     * Takes over what an earlier agent left pinned: programs, maps, links, and the table in force with its identity.
     *
     * @return empty when nothing is pinned or its layout is another version's
     */
    Optional<Running> adopt();

    /**
     * Loads the programs of a verified object and attaches them to every configured hook. Where programs run already
     * they are replaced hook by hook without a gap, and conntrack, counters and the table in force are kept. On failure
     * what ran before goes on.
     *
     * @param object an ELF object for the BPF target
     * @param digest its SHA-256, lower-case hex
     * @throws DatapathException with the verifier's log, or the errno by name, when it does not load or attach
     */
    Running load(byte[] object, String digest) throws DatapathException;

    /**
     * Lowers the table into the maps beside the one in force and switches by one write. The generation rises by one.
     * Rules that have expired at {@code now} are left out. Unless {@link #confirm(long)} follows, packets are judged by the
     * table before again after {@code confirmWithin}, also with no agent alive.
     *
     * @param confirmWithin rounded to seconds; zero puts the table in force for good
     * @throws DatapathException when it does not fit, a golden packet fails, or the table in force is not confirmed
     *     itself; the table in force stays
     */
    Running install(RuleTable table, TableIdentity identity, Instant now, Duration confirmWithin)
            throws DatapathException;

    /**
     * Puts a generation in force for good.
     *
     * @return false when it is too late for that: it is not in force any more, or about to go
     */
    boolean confirm(long generation);

    /**
     * Takes note of what the kernel did at a deadline: {@link #running()} and {@link #table()} tell the table before from
     * then on.
     *
     * @return empty when it did nothing
     */
    Optional<Fallback> settle() throws DatapathException;

    /** What runs now. */
    Optional<Running> running();

    /** The table in force, by which the indices in events and counters were resolved. */
    RuleTable table();

    Counters counters();

    /**
     * What the loaded programs make of the first packet of a connection, by what packets are judged by at this moment: the
     * failsafe, then the table in force. No counter, limit, connection or event comes of it.
     *
     * @throws DatapathException when the kernel does not run it, or the names of the table are not at hand
     * @throws IllegalArgumentException when there is no such packet
     * @throws IllegalStateException when no programs are loaded
     */
    Ruling probe(PacketTuple packet) throws DatapathException;

    /**
     * The connections that passed since the last call, with how many of each were begun since. At the first call, which cannot
     * know when they began, none is counted as begun.
     */
    FlowSample flows() throws DatapathException;

    /** Registers the one receiver of decisions; the datapath resolves each to policy, version and rule before. */
    void onDecision(Consumer<DecisionRecord> receiver);

    /** The addresses and ports that no policy may cut; replaces the set. */
    void failsafe(Set<FailsafeEntry> entries) throws DatapathException;

    /**
     * Hook name (xdp, tc_ingress, tc_egress, connect4, connect6; with {@code @interface} for the first three) to how it
     * is attached: native, generic, tcx, clsact or cgroup, and which programs of others run there too, or off with the
     * reason. E.g. {@code tcx; also cil_from_netdev (id 12) before ours}.
     */
    Map<String, String> hooks();

    /**
     * Registers the one who is told, on a thread of the datapath's, that interfaces or addresses of this host may have
     * changed, so that {@link #reconcile()} has something to do. The host's network is that of the calling thread.
     */
    void onNetworkChange(Runnable listener);

    /**
     * Repairs what was detached or lost since, and follows interfaces that came, went or were renamed.
     *
     * @return a sentence for each repair, and for each program of others that came to our hooks or went
     * @throws DatapathException naming the places that could not be repaired; the others are
     */
    List<String> reconcile() throws DatapathException;

    /** Detaches everything and removes every pin: for uninstalling, never at shutdown. */
    void remove() throws DatapathException;

    @Override
    void close();
}
