package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.Canary;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
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
            return share(staged.stored(), concerned, hosts);
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
    private static Set<HostId> share(StoredPolicy staged, List<CapabilityReport> concerned, HostBook hosts) {
        Instant since = staged.storedAt().minus(GONE);
        List<CapabilityReport> present = concerned.stream()
                .filter(host -> !hosts.reportedAt().get(host.hostId()).isBefore(since))
                .toList();
        List<CapabilityReport> eligible = present.isEmpty() ? concerned : present;
        long share = Math.max(1, eligible.size() * (long) staged.canary().percent() / 100);
        String draw = staged.policyId() + "/" + staged.version() + "/";
        MessageDigest digest = Digests.sha256();
        return eligible.stream()
                .map(host -> Lot.of(draw, host.hostId(), digest))
                .sorted()
                .limit(share)
                .map(Lot::host)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The first bytes of a SHA-256, and the host that drew it. */
    private record Lot(long number, HostId host) implements Comparable<Lot> {
        static Lot of(String draw, HostId host, MessageDigest digest) {
            byte[] bytes = digest.digest((draw + host).getBytes(StandardCharsets.US_ASCII));
            return new Lot(ByteBuffer.wrap(bytes).getLong(), host);
        }

        @Override
        public int compareTo(Lot other) {
            int order = Long.compareUnsigned(number, other.number);
            return order != 0 ? order : host.value().compareTo(other.host.value());
        }
    }

    private static boolean isFor(PolicyBook.Entry entry, CapabilityReport host) {
        return entry.policy() != null && entry.policy().appliesTo().includes(host.hostId(), host.labels());
    }
}
