package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.BusSettings;
import io.aegisflux.segmentation.cli.bus.FleetBus;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.command.FleetStatus.Broker;
import io.aegisflux.segmentation.cli.command.FleetStatus.HostState;
import io.aegisflux.segmentation.cli.command.FleetStatus.Policies;
import io.aegisflux.segmentation.cli.command.FleetStatus.Service;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.nats.client.api.ServerInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Broker, services, policies and hosts at one glance. */
@Command(
        name = "status",
        description =
                "Show the whole system: broker, services, policies, and each host's revision against the desired.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl status",
            "  segctl status --wait 60s        (ends when every host enforces what is desired; else exit 6)",
            "  segctl status --strict -q       (for scripts: exit 6 while a host lags)"
        })
final class StatusCommand implements Callable<Integer> {
    static final List<String> SERVICES = List.of("policy-service", "builder-service", "telemetry-service");
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final RootCommand root;

    @Option(names = "--strict", description = "End with 6 while a host has not applied what is desired.")
    private boolean strict;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description = "Wait so long for every host to be in step; else end with 6.")
    private Duration patience;

    StatusCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        Output output = root.output();
        FleetStatus status;
        Failure silence = null;
        try (BusClient bus = root.connect()) {
            long deadline = System.nanoTime() + (patience == null ? 0 : patience.toNanos());
            while (true) {
                try {
                    status = known(bus, output.now());
                    silence = null;
                } catch (Failure failure) {
                    status = new FleetStatus(broker(bus), services(bus, output.now()), null, null);
                    silence = failure;
                }
                boolean done = silence == null && status.lagging() == 0;
                if (patience == null || done || System.nanoTime() > deadline) {
                    break;
                }
                output.detail("waiting for " + (silence == null ? names(status) : "policy-service"));
                Thread.sleep(PAUSE);
            }
        }
        if (output.isJson()) {
            output.json(status);
        } else {
            new StatusScreen(output).print(status);
        }
        if (silence != null) {
            throw silence;
        }
        if ((strict || patience != null) && status.lagging() > 0) {
            throw Failure.incomplete(
                    "%d of %d hosts have not applied what is desired: %s"
                            .formatted(status.lagging(), status.hosts().size(), names(status)),
                    "look at their /status, or at segmentation.system.<host>: segctl sub 'segmentation.system.*'");
        }
        return ExitCode.OK;
    }

    static FleetStatus known(BusClient bus, Instant now) {
        PolicyBus policies = new PolicyBus(bus);
        Policies counted = Policies.of(policies.list());
        PolicyApi.HostsReply desired = policies.hosts();
        var reports = new FleetBus(bus)
                .lastReports(desired.hosts().stream()
                        .map(PolicyApi.HostSummary::hostId)
                        .toList());
        return new FleetStatus(broker(bus), services(bus, now), counted, FleetStatus.hosts(desired, reports, now));
    }

    private static Broker broker(BusClient bus) {
        ServerInfo server = bus.connection().getServerInfo();
        return new Broker(
                BusSettings.withoutSecrets(bus.connection().getConnectedUrl()),
                server.getVersion(),
                server.isJetStreamAvailable());
    }

    private static List<Service> services(BusClient bus, Instant now) {
        FleetBus fleet = new FleetBus(bus);
        return SERVICES.stream()
                .map(name -> {
                    Optional<Instant> heard = fleet.lastHeard(name);
                    boolean alive = heard.filter(at -> at.isAfter(now.minus(FleetStatus.SERVICE_SILENCE)))
                            .isPresent();
                    return new Service(name, alive, heard.orElse(null));
                })
                .toList();
    }

    private static String names(FleetStatus status) {
        return status.hosts().stream()
                .filter(host -> host.state() != HostState.IN_STEP)
                .map(host -> host.hostId() + " (" + host.state().wireName().replace('_', ' ') + ")")
                .limit(10)
                .collect(Collectors.joining(", "));
    }
}
