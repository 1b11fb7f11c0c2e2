package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.Canary;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which hosts are canaries of a staged version. A rule over what is stored, so all instances agree without a word, before
 * and after a restart.
 */
final class CanaryHosts {
    /** A percentage is not of hosts that had been silent for so long when the version came. Agents report every 5 min. */
    static final Duration GONE = Duration.ofHours(1);

    private CanaryHosts() {}

    /** The hosts that the policy is for, in the staged version or in the one before: both change what they enforce. */
    static List<CapabilityReport> concerned(PolicyBook.Entry staged, HostBook hosts) {
        return hosts.all().stream()
                .filter(host -> isFor(staged, host) || staged.base() != null && isFor(staged.base(), host))
                .toList();
    }

    /** The canaries among them. */
    static Set<HostId> of(PolicyBook.Entry staged, HostBook hosts) {
        List<CapabilityReport> concerned = concerned(staged, hosts);
        Canary canary = staged.stored().canary();
        if (canary.percent() != null) {
            return share(staged.stored(), concerned);
        }
        Set<HostId> named = canary.hosts() == null ? Set.of() : new HashSet<>(canary.hosts());
        return concerned.stream()
                .filter(host -> canary.labels() != null
                        ? host.labels().entrySet().containsAll(canary.labels().entrySet())
                        : named.contains(host.hostId()))
                .map(CapabilityReport::hostId)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Those with the lowest digests: other hosts for each policy and version, so that not the same ones bear all. */
    private static Set<HostId> share(StoredPolicy staged, List<CapabilityReport> concerned) {
        Instant since = staged.storedAt().minus(GONE);
        List<CapabilityReport> present = concerned.stream()
                .filter(host -> !host.timestamp().isBefore(since))
                .toList();
        List<CapabilityReport> eligible = present.isEmpty() ? concerned : present;
        long share = Math.max(1, eligible.size() * (long) staged.canary().percent() / 100);
        return eligible.stream()
                .map(CapabilityReport::hostId)
                .sorted(Comparator.comparing(host -> lot(staged, host)))
                .limit(share)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String lot(StoredPolicy staged, HostId host) {
        return Digests.sha256Hex(
                "%s/%d/%s".formatted(staged.policyId(), staged.version(), host).getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isFor(PolicyBook.Entry entry, CapabilityReport host) {
        return entry.policy() != null && entry.policy().appliesTo().includes(host.hostId(), host.labels());
    }
}
