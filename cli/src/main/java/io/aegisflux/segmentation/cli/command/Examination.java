package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.cli.bus.StoredState;
import io.aegisflux.segmentation.cli.bus.StoredState.Stored;
import io.aegisflux.segmentation.cli.doctor.BrokerChecks;
import io.aegisflux.segmentation.cli.doctor.Check;
import io.aegisflux.segmentation.cli.doctor.Finding;
import io.aegisflux.segmentation.cli.doctor.HostChecks;
import io.aegisflux.segmentation.cli.doctor.HostFacts;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.BuilderApi;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Looks at everything that segctl can see, and changes nothing. */
final class Examination {
    private final StoredState state;
    private final Instant here;
    private final List<Finding> findings = new ArrayList<>();
    private Instant now;

    Examination(StoredState state, Instant here) {
        this.state = state;
        this.here = here;
        this.now = here;
    }

    /**
     * All findings.
     *
     * @param only this host; null for all
     * @throws Failure of the refused kind when there is no such host
     */
    List<Finding> of(HostId only) {
        broker();
        Optional<PolicyApi.HostsReply> hosts = services();
        if (hosts.isPresent()) {
            List<PolicyApi.HostSummary> wanted = hosts.get().hosts().stream()
                    .filter(host -> only == null || host.hostId().equals(only))
                    .toList();
            if (only != null && wanted.isEmpty()) {
                throw Failure.refused("no host %s has reported".formatted(only), "segctl status lists them");
            }
            wanted.forEach(host -> findings.addAll(HostChecks.of(facts(host), now)));
        }
        return findings;
    }

    private void broker() {
        var server = state.bus().connection().getServerInfo();
        findings.add(Finding.ok(Check.BROKER, "%s:%d answers".formatted(server.getHost(), server.getPort())));
        findings.add(BrokerChecks.version(server.getVersion()));
        findings.add(BrokerChecks.jetStream(server.isJetStreamAvailable()));
        if (!server.isJetStreamAvailable()) {
            return;
        }
        List<Finding> streams = new ArrayList<>();
        for (String name : BrokerChecks.streams().keySet()) {
            checked(Check.STREAMS, null, () -> state.stream(name)).ifPresent(info -> {
                streams.add(BrokerChecks.stream(name, info));
                info.map(it -> it.path("ts")).filter(JsonNode::isTextual).ifPresent(this::tell);
            });
        }
        findings.addAll(
                streams.size() == BrokerChecks.streams().size()
                                && streams.stream().allMatch(each -> each.state() == Finding.State.OK)
                        ? List.of(Finding.ok(Check.STREAMS, "all %d".formatted(streams.size())))
                        : streams.stream()
                                .filter(each -> each.state() != Finding.State.OK)
                                .toList());
        if (!now.equals(here)) {
            findings.add(BrokerChecks.clock(here, now));
        }
    }

    /** The broker's time, by the first answer that has it: later ones come later. */
    private void tell(JsonNode time) {
        if (now.equals(here)) {
            now = OffsetDateTime.parse(time.asText()).toInstant();
        }
    }

    private Optional<PolicyApi.HostsReply> services() {
        Optional<PolicyApi.HostsReply> hosts = checked(
                Check.POLICY_SERVICE,
                null,
                () -> state.ask(Subjects.api(PolicyApi.SERVICE, PolicyApi.HOSTS), PolicyApi.HostsReply.class));
        hosts.ifPresent(reply -> findings.add(Finding.ok(
                Check.POLICY_SERVICE, "knows %d hosts".formatted(reply.hosts().size()))));
        checked(
                        Check.BUILDER_SERVICE,
                        null,
                        () -> state.ask(
                                Subjects.api(BuilderApi.SERVICE, BuilderApi.STATUS), BuilderApi.StatusReply.class))
                .ifPresent(reply -> findings.add(
                        reply.ready() && reply.problems().isEmpty()
                                ? Finding.ok(Check.BUILDER_SERVICE, "ready")
                                : Finding.of(
                                        Check.BUILDER_SERVICE,
                                        reply.ready() ? Finding.State.WARNING : Finding.State.PROBLEM,
                                        String.join("; ", reply.problems()))));
        checked(
                        Check.TELEMETRY_SERVICE,
                        null,
                        () -> state.ask(Subjects.api(TelemetryApi.SERVICE, TelemetryApi.SUMMARY), JsonNode.class))
                .ifPresent(reply -> findings.add(Finding.ok(Check.TELEMETRY_SERVICE, "answers")));
        checked(Check.VERSIONS, null, this::versions).ifPresent(this::versions);
        return hosts;
    }

    private Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>();
        for (String service : StatusCommand.SERVICES) {
            state.last(Streams.SYSTEM, Subjects.systemOfService(service), SystemEvent.class)
                    .map(Stored::message)
                    .map(event -> event.metadata().get("version"))
                    .ifPresent(version -> versions.put(service, version.toString()));
        }
        return versions;
    }

    private void versions(Map<String, String> versions) {
        if (versions.isEmpty()) {
            findings.add(Finding.of(Check.VERSIONS, Finding.State.SKIPPED, "no service has told its version"));
            return;
        }
        Map<String, String> all = new TreeMap<>(versions);
        all.put("segctl", Version.number());
        boolean agree = all.values().stream().distinct().count() == 1;
        findings.add(
                agree
                        ? Finding.ok(Check.VERSIONS, Version.number())
                        : Finding.of(Check.VERSIONS, Finding.State.WARNING, all.toString()));
    }

    private HostFacts facts(PolicyApi.HostSummary host) {
        String id = host.hostId().value();
        Optional<Stored<MetricsReport>> metrics = checked(
                        Check.REPORT_AGE,
                        id,
                        () -> state.last(Streams.METRICS, Subjects.metrics(host.hostId()), MetricsReport.class))
                .flatMap(found -> found);
        return new HostFacts(
                host,
                metrics.map(Stored::message).orElse(null),
                metrics.map(Stored::time).orElse(null),
                checked(
                                Check.HOOKS,
                                id,
                                () -> state.last(Streams.HOSTS, Subjects.host(host.hostId()), CapabilityReport.class))
                        .flatMap(found -> found)
                        .map(Stored::message)
                        .orElse(null),
                checked(
                                Check.REFUSED,
                                id,
                                () -> state.last(
                                        Streams.POLICY_UPDATES,
                                        Subjects.policyUpdates(host.hostId()),
                                        PolicyUpdate.class))
                        .flatMap(found -> found)
                        .map(Stored::message)
                        .orElse(null));
    }

    /** The answer; without one the reason is the finding: skipped where we may not ask, else a problem. */
    private <T> Optional<T> checked(Check check, String host, Supplier<T> question) {
        try {
            return Optional.of(question.get());
        } catch (Failure failure) {
            boolean forbidden =
                    failure.exitCode() == ExitCode.REFUSED && failure.error().isEmpty();
            findings.add(new Finding(
                    check,
                    host,
                    forbidden ? Finding.State.SKIPPED : Finding.State.PROBLEM,
                    forbidden ? "not permitted: " + failure.getMessage() : failure.getMessage(),
                    forbidden ? null : check.remedy()));
            return Optional.empty();
        }
    }
}
