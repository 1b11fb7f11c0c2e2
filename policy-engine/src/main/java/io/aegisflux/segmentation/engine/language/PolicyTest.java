package io.aegisflux.segmentation.engine.language;

import io.aegisflux.segmentation.contracts.Direction;
import java.util.Map;

/**
 * A connection and what the author of the policy wants decided about it.
 *
 * @param direction null when not written
 * @param protocol IP protocol number
 * @param port the destination's; null for a protocol without ports
 * @param by id of the rule that must decide; null when any may
 */
public record PolicyTest(
        String name,
        Endpoint from,
        Endpoint to,
        Direction direction,
        int protocol,
        Integer port,
        Expectation expect,
        String by) {

    /** One end of the connection. */
    public sealed interface Endpoint {
        /** A literal address. */
        record Address(String address) implements Endpoint {}

        /** Any workload that has all these labels. */
        record Labels(Map<String, String> labels) implements Endpoint {
            public Labels {
                labels = Map.copyOf(labels);
            }
        }
    }

    /** The wanted outcome; AUDIT is a connection that passes although an audit policy would deny it. */
    public enum Expectation {
        ALLOW,
        DENY,
        AUDIT
    }
}
