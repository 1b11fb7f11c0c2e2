package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.ObjectRef;
import java.util.Optional;

/** What the agent reads from the control plane. Nothing that comes from here is believed before a gate proved it. */
public interface ControlPlane {
    /** Whether asking has a chance now. */
    boolean isReachable();

    /**
     * Asks for an answer.
     *
     * @throws UnreachableException when there is none
     */
    void requireAnswer() throws UnreachableException;

    /**
     * The last message on this host's desired subject; empty when there is none yet.
     *
     * @throws UnreachableException when nobody answers
     */
    Optional<byte[]> desiredState() throws UnreachableException;

    /**
     * The bytes of a rule table's object, of the size and digest asked for.
     *
     * @throws UnreachableException when nobody answers
     * @throws RefusedException when it is missing or damaged
     */
    byte[] table(ObjectRef object) throws UnreachableException, RefusedException;

    /**
     * The signed manifest beside an artifact.
     *
     * @throws UnreachableException when nobody answers
     * @throws RefusedException when there is no such artifact, or no manifest beside it
     */
    String manifest(String digest) throws UnreachableException, RefusedException;

    /**
     * The bytes of an artifact, of the size and digest asked for.
     *
     * @throws UnreachableException when nobody answers
     * @throws RefusedException when it is missing or damaged
     */
    byte[] artifact(ObjectRef object) throws UnreachableException, RefusedException;
}
