package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.RuleTable;
import java.io.IOException;
import java.util.Optional;

/** What the agent remembers on disk. Whatever returned without an exception survives a loss of power. */
public interface HostState {
    /**
     * The mark as last raised; empty on a first boot.
     *
     * @throws IOException when there is one that cannot be read
     */
    Optional<HighWaterMark> mark() throws IOException;

    /** Remembers what was accepted, before it is applied. */
    void raise(HighWaterMark mark) throws IOException;

    /** Remembers what is in force, so that a rebooted host can enforce it before it reaches its broker. */
    void remember(Applied applied) throws IOException;

    /** What was in force last; empty when there is nothing, or nothing whole. */
    Optional<Applied> remembered() throws IOException;

    /** Keeps an artifact. */
    void keep(Artifact artifact) throws IOException;

    /** An artifact that was kept; it is to be proven again. */
    Optional<Artifact> kept(String digest) throws IOException;

    /** Forgets every artifact but this one. */
    void forgetArtifactsBut(String digest) throws IOException;

    /** Forgets everything: for uninstalling. */
    void clear() throws IOException;

    /**
     * A desired state that came into force.
     *
     * @param envelope the signed envelope as it came
     * @param table the bytes of the table's object; empty when the table is inline
     * @param artifact the digest of what ran when it came into force
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Applied(byte[] envelope, byte[] table, String artifact) {
        /** The table that the state means, proven. */
        public RuleTable tableOf(DesiredState state) throws RefusedException {
            return state.table() != null ? TableGate.inline(state) : TableGate.read(state, table);
        }
    }
}
