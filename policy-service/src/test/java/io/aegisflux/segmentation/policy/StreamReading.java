package io.aegisflux.segmentation.policy;

import io.aegisflux.segmentation.contracts.Digests;
import java.util.ArrayList;
import java.util.List;

/** What the store must hold, read off the stream of publishes without any of the service's code. */
final class StreamReading {
    /** Stands for a deletion. */
    static final String DELETED = "deleted";

    private StreamReading() {}

    /**
     * The digests of a policy's versions, oldest first: each publish that says something else than what holds then.
     *
     * @param publishes the bodies of the policy's, in their stream's order, each a document that is accepted or empty
     */
    static List<String> versions(List<byte[]> publishes) {
        List<String> versions = new ArrayList<>();
        for (byte[] publish : publishes) {
            String says = publish.length == 0 ? DELETED : Digests.sha256Hex(publish);
            String holds = versions.isEmpty() ? DELETED : versions.getLast();
            if (!says.equals(holds)) {
                versions.add(says);
            }
        }
        return versions;
    }
}
