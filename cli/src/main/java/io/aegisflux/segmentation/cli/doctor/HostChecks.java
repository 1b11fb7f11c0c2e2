package io.aegisflux.segmentation.cli.doctor;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The checks of a host. */
public final class HostChecks {
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final Duration OFFSET = Duration.ofSeconds(1);
    private static final long FULL_PERCENT = 80;
    private static final String OFF = "off";

    private final HostFacts facts;
    private final String host;

    private HostChecks(HostFacts facts) {
        this.facts = facts;
        this.host = facts.desired().hostId().value();
    }

    /**
     * All findings of a host, in the order of their codes.
     *
     * @param now by the broker's clock
     */
    public static List<Finding> of(HostFacts facts, Instant now) {
        HostChecks checks = new HostChecks(facts);
        List<Finding> findings = new ArrayList<>();
        MetricsReport metrics = facts.metrics();
        CapabilityReport capabilities = facts.capabilities();
        findings.add(checks.age(now));
        if (metrics != null) {
            findings.add(checks.clock());
        }
        if (capabilities == null) {
            findings.add(Check.HOOKS.skipped(checks.host, "its capabilities are not known"));
        } else {
            findings.add(checks.hooks(capabilities));
            findings.add(checks.btf(capabilities));
        }
        if (metrics != null) {
            findings.add(checks.table(metrics));
            findings.addAll(checks.maps(metrics));
            findings.add(checks.lost(metrics));
            findings.add(checks.revision(metrics));
        }
        findings.add(checks.refused());
        return findings;
    }

    private Finding age(Instant now) {
        if (facts.metrics() == null) {
            return Check.REPORT_AGE.problem(host, "no metrics within the last hour");
        }
        Duration age = Duration.between(facts.metricsStored(), now);
        String found = "last metrics %d s ago".formatted(Math.max(0, age.toSeconds()));
        return age.compareTo(SILENCE) > 0 ? Check.REPORT_AGE.problem(host, found) : Check.REPORT_AGE.ok(host, found);
    }

    private Finding clock() {
        Duration offset = Duration.between(facts.metrics().timestamp(), facts.metricsStored());
        String found = "%d ms %s the broker's"
                .formatted(Math.abs(offset.toMillis()), offset.isNegative() ? "ahead of" : "behind");
        return offset.abs().compareTo(OFFSET) > 0
                ? Check.CLOCK_OF_HOST.warning(host, found)
                : Check.CLOCK_OF_HOST.ok(host, found);
    }

    private Finding hooks(CapabilityReport capabilities) {
        List<String> on = new ArrayList<>();
        List<String> off = new ArrayList<>();
        boolean blind = false;
        for (var hook : new TreeMap<>(capabilities.hookPoints()).entrySet()) {
            boolean isOff = hook.getValue().startsWith(OFF);
            (isOff ? off : on).add("%s %s".formatted(hook.getKey(), hook.getValue()));
            blind |= isOff && !hook.getKey().startsWith("xdp");
        }
        if (off.isEmpty()) {
            return Check.HOOKS.ok(host, String.join(", ", on));
        }
        String found = String.join(", ", off) + (on.isEmpty() ? "" : "; in use: " + String.join(", ", on));
        if (on.isEmpty()) {
            return Check.HOOKS.problem(host, found);
        }
        return blind ? Check.HOOKS.warning(host, found) : Check.HOOKS.ok(host, found);
    }

    private Finding btf(CapabilityReport capabilities) {
        String kernel = "kernel %s on %s".formatted(capabilities.kernelVersion(), capabilities.architecture());
        return capabilities.btfAvailable()
                ? Check.BTF.ok(host, kernel)
                : Check.BTF.warning(host, kernel + " brings no BTF");
    }

    private Finding table(MetricsReport metrics) {
        if (metrics.tableCapacity() == 0) {
            return Check.TABLE_FILL.skipped(host, "the host does not tell");
        }
        String found = fill("table", metrics.tableBytes(), metrics.tableCapacity());
        return isFull(metrics.tableBytes(), metrics.tableCapacity())
                ? Check.TABLE_FILL.problem(host, found)
                : Check.TABLE_FILL.ok(host, found);
    }

    private List<Finding> maps(MetricsReport metrics) {
        return metrics.maps().stream()
                .map(map -> {
                    String found = fill(map.map(), map.entries(), map.capacity());
                    return isFull(map.entries(), map.capacity())
                            ? Check.MAP_FILL.warning(host, found)
                            : Check.MAP_FILL.ok(host, found);
                })
                .toList();
    }

    private static boolean isFull(long used, long capacity) {
        return capacity > 0 && used * 100.0 / capacity > FULL_PERCENT;
    }

    private static String fill(String what, long used, long capacity) {
        return "%s %d of %d (%.0f %%)".formatted(what, used, capacity, capacity == 0 ? 0 : used * 100.0 / capacity);
    }

    private Finding lost(MetricsReport metrics) {
        return metrics.eventsLost() == 0
                ? Check.EVENTS_LOST.ok(host, "none lost")
                : Check.EVENTS_LOST.warning(
                        host, "%d lost since its programs were loaded".formatted(metrics.eventsLost()));
    }

    private Finding revision(MetricsReport metrics) {
        var desired = facts.desired();
        int epochs = Long.compare(metrics.epoch(), desired.desiredEpoch());
        int order = epochs != 0 ? epochs : Long.compare(metrics.revision(), desired.desiredRevision());
        String found = "runs revision %d of epoch %d, desired is %d of %d"
                .formatted(metrics.revision(), metrics.epoch(), desired.desiredRevision(), desired.desiredEpoch());
        return order == 0
                ? Check.REVISION.ok(host, found)
                : order < 0 ? Check.REVISION.warning(host, found) : Check.REVISION.problem(host, found);
    }

    private Finding refused() {
        PolicyUpdate last = facts.lastUpdate();
        if (last == null) {
            return Check.REFUSED.ok(host, "no change yet");
        }
        String what = "%s of revision %d".formatted(last.policyId(), last.revision());
        return "refused".equals(last.metadata().get("result"))
                ? Check.REFUSED.problem(
                        host, "refused %s: %s".formatted(what, last.metadata().get("reason")))
                : Check.REFUSED.ok(host, "made " + what);
    }
}
