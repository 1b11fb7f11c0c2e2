package io.aegisflux.segmentation.agent.messaging;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.HostFacts;
import io.aegisflux.segmentation.agent.domain.HostNetwork;
import io.aegisflux.segmentation.agent.domain.Reports;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.HostLabels;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.engine.language.LabelKey;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Makes this host known: what it can do, its labels, its addresses, its workloads, its posture. */
public final class Capabilities {
    private final HostId host;
    private final HostFacts facts;
    private final Map<String, String> labels;
    private final HostNetwork network;
    private final Action posture;
    private final WorkloadsFile workloads;
    private final Supplier<Map<String, String>> hooks;
    private final Reports reports;
    private final InstantSource clock;
    private HostNetwork.Seen seen = HostNetwork.Seen.NOTHING;
    private final Map<String, String> lastTrouble = new HashMap<>();

    /**
     * @param labels from the configuration
     * @param hooks hook to how it is attached now
     */
    public Capabilities(
            HostId host,
            HostFacts facts,
            Map<String, String> labels,
            HostNetwork network,
            Action posture,
            WorkloadsFile workloads,
            Supplier<Map<String, String>> hooks,
            Reports reports,
            InstantSource clock) {
        this.host = requireNonNull(host, "host is null");
        this.facts = requireNonNull(facts, "facts is null");
        this.labels = Map.copyOf(labels);
        this.network = requireNonNull(network, "network is null");
        this.posture = requireNonNull(posture, "posture is null");
        this.workloads = requireNonNull(workloads, "workloads is null");
        this.hooks = requireNonNull(hooks, "hooks is null");
        this.reports = requireNonNull(reports, "reports is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    public HostFacts facts() {
        return facts;
    }

    /** Publishes the report. */
    public synchronized void report() {
        look();
        publish();
    }

    /** Publishes the report if workloads, interfaces or addresses changed. */
    public synchronized void reportChange() {
        if (look()) {
            publish();
        }
    }

    /** Whether anything is other than it was. What cannot be read now counts as it was. */
    private boolean look() {
        boolean workloadsChanged = tried("workloads", "the workloads stay as they were", workloads::refresh)
                .orElse(false);
        HostNetwork.Seen now = tried("network", "labels and addresses stay as they were", network::look)
                .orElse(seen);
        boolean networkChanged = !now.equals(seen);
        seen = now;
        return workloadsChanged || networkChanged;
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    private <T> Optional<T> tried(String component, String consequence, Reading<T> reading) {
        try {
            T read = reading.read();
            lastTrouble.remove(component);
            return Optional.of(read);
        } catch (IOException e) {
            if (!Objects.equals(lastTrouble.put(component, e.getMessage()), e.getMessage())) {
                reports.system(
                        SystemEvent.ERROR,
                        component,
                        "%s: %s".formatted(consequence, e.getMessage()),
                        "error",
                        Map.of());
            }
            return Optional.empty();
        }
    }

    /** Those of the configuration, and what the host is; in one order, so that equal reports are equal bytes. */
    private Map<String, String> allLabels() {
        Map<String, String> all = new TreeMap<>(labels);
        all.put(HostLabels.ID, host.value());
        all.put(HostLabels.NAME, facts.hostName());
        all.put(HostLabels.ARCH, facts.architecture());
        all.put(HostLabels.KERNEL, facts.kernelVersion());
        for (String name : seen.interfaces()) {
            if (LabelKey.isValid(HostLabels.INTERFACE + name)) {
                all.put(HostLabels.INTERFACE + name, "true");
            }
        }
        return all;
    }

    private void publish() {
        CapabilityReport report = new CapabilityReport(
                host,
                facts.architecture(),
                facts.kernelVersion(),
                facts.btfAvailable(),
                facts.bpfFeatures(),
                hooks.get(),
                facts.resourceLimits(),
                allLabels(),
                seen.addresses(),
                workloads.workloads(),
                posture,
                clock.instant());
        reports.system(
                SystemEvent.CAPABILITY_REPORT,
                "probe",
                "kernel %s on %s".formatted(facts.kernelVersion(), facts.architecture()),
                "info",
                Map.of("report", report));
    }
}
