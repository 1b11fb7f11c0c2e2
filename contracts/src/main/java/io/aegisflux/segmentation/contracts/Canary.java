package io.aegisflux.segmentation.contracts;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a version of a policy is staged: which hosts get it first, and what has to hold there before all do. One of percent,
 * labels and hosts says which.
 *
 * @param percent of the hosts that the policy is for, 1 to 100, at least one host; null when labels or hosts say which
 * @param labels a canary host has all of them; null when something else says which
 * @param hosts the canary hosts; null when something else says which
 * @param baseVersion what the other hosts keep meanwhile, and all after an abort; 0 for nothing
 * @param soakSeconds how long each canary host has to be well after its acknowledgement
 * @param ackSeconds how long a canary host may take to acknowledge
 * @param silenceSeconds how long a canary host may say nothing at all
 * @param maxDrops how many packets the version's rules may drop on a canary host
 * @param promote {@link #AUTO} or {@link #MANUAL}: what happens when all canary hosts have soaked
 */
public record Canary(
        Integer percent,
        Map<String, String> labels,
        List<HostId> hosts,
        long baseVersion,
        long soakSeconds,
        long ackSeconds,
        long silenceSeconds,
        long maxDrops,
        String promote) {
    public static final String AUTO = "auto";
    public static final String MANUAL = "manual";

    /** The longest time that can be asked for, in seconds: what hosts said is kept for three days. */
    public static final long LONGEST = 86_400;

    private static final Set<String> PROMOTE = Set.of(AUTO, MANUAL);

    public Canary {
        labels = labels == null ? null : Frozen.map(labels);
        hosts = Frozen.listOrNull(hosts, "hosts");
        if ((percent != null ? 1 : 0) + (labels != null ? 1 : 0) + (hosts != null ? 1 : 0) != 1) {
            throw new IllegalArgumentException("one of percent, labels and hosts says which hosts are canaries");
        }
        if (percent != null && (percent < 1 || percent > 100)) {
            throw new IllegalArgumentException("percent is 1 to 100, not " + percent);
        }
        if (labels != null && labels.isEmpty()) {
            throw new IllegalArgumentException("labels names none");
        }
        if (hosts != null && hosts.isEmpty()) {
            throw new IllegalArgumentException("hosts names none");
        }
        Figures.requireCount(baseVersion, "base_version");
        Figures.requireCount(maxDrops, "max_drops");
        requireSeconds(soakSeconds, 0, "soak_seconds");
        requireSeconds(ackSeconds, 1, "ack_seconds");
        requireSeconds(silenceSeconds, 1, "silence_seconds");
        Figures.requireWord(promote == null ? "" : promote, PROMOTE, "promote");
    }

    /** Staged alike, but over this version. */
    public Canary over(long version) {
        return new Canary(percent, labels, hosts, version, soakSeconds, ackSeconds, silenceSeconds, maxDrops, promote);
    }

    private static void requireSeconds(long seconds, long least, String member) {
        if (seconds < least || seconds > LONGEST) {
            throw new IllegalArgumentException("%s is %d to %d, not %d".formatted(member, least, LONGEST, seconds));
        }
    }
}
