package io.aegisflux.segmentation.telemetry.prometheus;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.telemetry.domain.Family;
import io.aegisflux.segmentation.telemetry.domain.Fleet;
import io.aegisflux.segmentation.telemetry.domain.FlowWindows;
import io.prometheus.client.Collector;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** The fleet's families. Hosts, rules and policies come and go, so they are made anew at every scrape, from one state. */
final class FleetCollector extends Collector {
    private final Fleet fleet;
    private final FlowWindows windows;
    private final Family build;
    private final InstantSource clock;

    /**
     * @param build tells what runs
     */
    FleetCollector(Fleet fleet, FlowWindows windows, Family build, InstantSource clock) {
        this.fleet = requireNonNull(fleet, "fleet is null");
        this.windows = requireNonNull(windows, "windows is null");
        this.build = requireNonNull(build, "build is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public List<MetricFamilySamples> collect() {
        List<MetricFamilySamples> families = new ArrayList<>();
        families.add(samples(build));
        families.add(samples(windows.family()));
        fleet.families(clock.instant()).forEach(family -> families.add(samples(family)));
        return families;
    }

    private static MetricFamilySamples samples(Family family) {
        Type type = switch (family.type()) {
            case COUNTER -> Type.COUNTER;
            case GAUGE -> Type.GAUGE;
        };
        List<MetricFamilySamples.Sample> samples = family.samples().stream()
                .map(sample ->
                        new MetricFamilySamples.Sample(family.name(), family.labels(), sample.labels(), sample.value()))
                .toList();
        return new MetricFamilySamples(family.name(), type, family.help(), samples);
    }
}
