package io.aegisflux.segmentation.agent.http;

import io.aegisflux.segmentation.agent.Agent;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.TableIdentity;
import io.aegisflux.segmentation.agent.messaging.Metrics;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.MetricsReport.HookVerdict;
import io.aegisflux.segmentation.contracts.MetricsReport.MapUse;
import io.aegisflux.segmentation.contracts.Verdict;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** The agent's own figures on {@code /q/metrics}, in the families of docs/metrics.md. Read from the last sample. */
@Singleton
public class PrometheusFamilies implements MeterBinder {
    /** Those that see packets. */
    private static final List<Hook> HOOKS = List.of(Hook.XDP, Hook.TC_INGRESS, Hook.TC_EGRESS);

    private static final List<String> FLOWS = List.of("conntrack", "opening");

    private final Metrics metrics;
    private final Tags host;

    @Inject
    public PrometheusFamilies(Agent agent) {
        this.metrics = agent.metrics();
        this.host = Tags.of("host", agent.hostId().value());
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (Hook hook : HOOKS) {
            for (Verdict verdict : Verdict.values()) {
                Tags cell = Tags.of("hook", hook.wireName(), "verdict", verdict.wireName());
                counter(registry, "segmentation.packets", cell, of -> sum(of, hook, verdict, HookVerdict::packets));
                counter(registry, "segmentation.bytes", cell, of -> sum(of, hook, verdict, HookVerdict::bytes));
            }
        }
        counter(
                registry,
                "segmentation.connections",
                Tags.of("hook", "connect", "verdict", Verdict.DROPPED.wireName()),
                of -> of.counters().connectionsBlocked());
        counter(registry, "segmentation.ringbuf.lost.events", Tags.empty(), Metrics.Sample::eventsLost);
        gauge(
                registry,
                "segmentation.node.policy.revision",
                Tags.empty(),
                of -> of.running()
                        .flatMap(Running::identity)
                        .map(TableIdentity::revision)
                        .orElse(0L));
        gauge(
                registry,
                "segmentation.table.bytes",
                Tags.empty(),
                of -> of.running().map(Running::tableBytes).orElse(0L));
        gauge(
                registry,
                "segmentation.table.capacity.bytes",
                Tags.empty(),
                of -> of.running().map(Running::tableCapacity).orElse(0L));
        for (String map : FLOWS) {
            Tags flows = Tags.of("map", map);
            gauge(registry, "segmentation.map.entries", flows, of -> use(of, map, MapUse::entries));
            gauge(registry, "segmentation.map.capacity", flows, of -> use(of, map, MapUse::capacity));
        }
    }

    private static long use(Metrics.Sample sample, String map, ToLongFunction<MapUse> figure) {
        return sample.counters().map(map).map(figure::applyAsLong).orElse(0L);
    }

    private static long sum(Metrics.Sample sample, Hook hook, Verdict verdict, ToLongFunction<HookVerdict> figure) {
        return sample.counters().verdicts().stream()
                .filter(counted -> counted.hook() == hook && counted.verdict() == verdict)
                .mapToLong(figure)
                .sum();
    }

    private void counter(MeterRegistry registry, String name, Tags tags, ToDoubleFunction<Metrics.Sample> figure) {
        FunctionCounter.builder(name, metrics, of -> figure.applyAsDouble(of.last()))
                .tags(host.and(tags))
                .register(registry);
    }

    private void gauge(MeterRegistry registry, String name, Tags tags, ToDoubleFunction<Metrics.Sample> figure) {
        Gauge.builder(name, metrics, of -> figure.applyAsDouble(of.last()))
                .tags(host.and(tags))
                .register(registry);
    }
}
