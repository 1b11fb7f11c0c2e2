package io.aegisflux.segmentation.agent.http;

import io.aegisflux.segmentation.agent.Agent;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.messaging.Metrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.function.ToDoubleFunction;

/** This host's own figures at {@code /q/metrics}, as of the last sample on the bus. */
@Singleton
public class PrometheusFamilies implements MeterBinder {
    private final Metrics metrics;

    @Inject
    public PrometheusFamilies(Agent agent) {
        this.metrics = agent.metrics();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        packets(registry, "allowed", sample -> sample.counters().allowed());
        packets(registry, "dropped", sample -> sample.counters().dropped());
        packets(registry, "audited", sample -> sample.counters().audited());
        counter(
                registry,
                "segmentation.connections.blocked",
                sample -> sample.counters().connectionsBlocked());
        counter(registry, "segmentation.events.lost", Metrics.Sample::eventsLost);
        gauge(registry, "segmentation.programs.loaded", Metrics.Sample::programsLoaded);
        gauge(registry, "segmentation.policies.active", Metrics.Sample::policiesActive);
        gauge(
                registry,
                "segmentation.generation",
                sample -> sample.running().map(Running::generation).orElse(0L));
    }

    private void packets(MeterRegistry registry, String verdict, ToDoubleFunction<Metrics.Sample> figure) {
        FunctionCounter.builder("segmentation.packets", metrics, of -> figure.applyAsDouble(of.last()))
                .tag("verdict", verdict)
                .register(registry);
    }

    private void counter(MeterRegistry registry, String name, ToDoubleFunction<Metrics.Sample> figure) {
        FunctionCounter.builder(name, metrics, of -> figure.applyAsDouble(of.last()))
                .register(registry);
    }

    private void gauge(MeterRegistry registry, String name, ToDoubleFunction<Metrics.Sample> figure) {
        Gauge.builder(name, metrics, of -> figure.applyAsDouble(of.last())).register(registry);
    }
}
