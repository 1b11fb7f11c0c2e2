package io.aegisflux.segmentation.cli.demo;

import io.aegisflux.segmentation.cli.bus.HostWatch;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.contracts.HostId;
import java.util.List;

/** Where the story plays, and how one sees there what becomes of a connection. */
public interface Scene {
    /** Who opens a connection to db. */
    enum Client {
        WEB,
        API
    }

    /** The host that the policy is for. */
    HostId host();

    /** Who and what is there, for people. */
    List<String> about();

    /** What the policy says here. */
    DemoPolicy.Terms terms();

    /**
     * What becomes of a connection to db.
     *
     * @param expectThrough false: do not wait long for an answer
     */
    Sight look(Client client, boolean expectThrough);

    /**
     * What was seen.
     *
     * @param isThrough whether the demo's policy has nothing against it
     */
    record Sight(String connection, Cell outcome, boolean isThrough) {}

    /**
     * Why web's connection came to what was seen.
     *
     * @param version of the demo's policy
     * @param watch of the host
     * @throws io.aegisflux.segmentation.cli.outcome.Failure when it is another reason than the policy's rule, or none is given
     */
    Why why(long version, HostWatch watch);

    /** A reason. */
    record Why(String where, List<String> lines) {}

    /** What this scene cannot show, and where it is shown; empty for nothing. */
    List<String> notShown();
}
