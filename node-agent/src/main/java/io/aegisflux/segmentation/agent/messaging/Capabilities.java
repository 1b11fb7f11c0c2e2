package io.aegisflux.segmentation.agent.messaging;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.HostFacts;
import io.aegisflux.segmentation.agent.domain.Reports;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.SystemEvent;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;

/** Makes this host known: what it can do, its labels, its workloads, its posture. */
public final class Capabilities {
    private final HostId host;
    private final HostFacts facts;
    private final Map<String, String> labels;
    private final Action posture;
    private final WorkloadsFile workloads;
    private final Supplier<Map<String, String>> hooks;
    private final Reports reports;
    private final InstantSource clock;
    private String lastTrouble = "";

    /**
     * @param hooks hook to how it is attached now
     */
    public Capabilities(
            HostId host,
            HostFacts facts,
            Map<String, String> labels,
            Action posture,
            WorkloadsFile workloads,
            Supplier<Map<String, String>> hooks,
            Reports reports,
            InstantSource clock) {
        this.host = requireNonNull(host, "host is null");
        this.facts = requireNonNull(facts, "facts is null");
        this.labels = Map.copyOf(labels);
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
        readWorkloads();
        publish();
    }

    /** Publishes the report if the workloads changed. */
    public synchronized void reportChange() {
        if (readWorkloads()) {
            publish();
        }
    }

    private boolean readWorkloads() {
        try {
            boolean changed = workloads.refresh();
            lastTrouble = "";
            return changed;
        } catch (IOException e) {
            if (!lastTrouble.equals(e.getMessage())) {
                lastTrouble = e.getMessage();
                reports.system(
                        SystemEvent.ERROR,
                        "workloads",
                        "the workloads stay as they were: " + e.getMessage(),
                        "error",
                        Map.of());
            }
            return false;
        }
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
                labels,
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
