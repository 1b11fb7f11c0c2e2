package io.aegisflux.segmentation.policy.domain;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far somebody has read the streams that desired states are computed from: the sequence of the last message of each,
 * 0 for none.
 */
public record Position(long policies, long hosts, long artifacts, long workloads, long rollouts) {
    /** Before anything was read. */
    public static final Position START = new Position(0, 0, 0, 0, 0);

    /** Before there were workloads of their own and rollouts, there were three figures. */
    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,18})/([0-9]{1,18})/([0-9]{1,18})(?:/([0-9]{1,18})/([0-9]{1,18}))?");

    public Position {
        if (policies < 0 || hosts < 0 || artifacts < 0 || workloads < 0 || rollouts < 0) {
            throw new IllegalArgumentException("no sequence is negative: %d, %d, %d, %d, %d"
                    .formatted(policies, hosts, artifacts, workloads, rollouts));
        }
    }

    /** Of the form of {@link #toString}; empty for anything else. */
    public static Optional<Position> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new Position(
                        Long.parseLong(matcher.group(1)),
                        Long.parseLong(matcher.group(2)),
                        Long.parseLong(matcher.group(3)),
                        orZero(matcher.group(4)),
                        orZero(matcher.group(5))))
                : Optional.empty();
    }

    private static long orZero(String figure) {
        return figure == null ? 0 : Long.parseLong(figure);
    }

    /** Whether the other has read something that is not in here. */
    public boolean isBehind(Position other) {
        return policies < other.policies
                || hosts < other.hosts
                || artifacts < other.artifacts
                || workloads < other.workloads
                || rollouts < other.rollouts;
    }

    @Override
    public String toString() {
        return policies + "/" + hosts + "/" + artifacts + "/" + workloads + "/" + rollouts;
    }
}
