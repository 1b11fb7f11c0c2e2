package io.aegisflux.segmentation.telemetry.domain;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/**
 * A family of Prometheus: what it is called, what it means, its samples now.
 *
 * @param name with {@code _total} for a counter
 * @param labels names, the same for every sample
 */
public record Family(String name, Type type, String help, List<String> labels, List<Sample> samples) {
    public enum Type {
        COUNTER,
        GAUGE
    }

    /**
     * @param labels values, in the order of the names
     */
    public record Sample(List<String> labels, double value) {
        public Sample {
            labels = List.copyOf(labels);
        }
    }

    public Family {
        requireNonNull(name, "name is null");
        requireNonNull(type, "type is null");
        labels = List.copyOf(labels);
        samples = List.copyOf(samples);
        for (Sample sample : samples) {
            if (sample.labels().size() != labels.size()) {
                throw new IllegalArgumentException(
                        "%s has the labels %s, not %s".formatted(name, labels, sample.labels()));
            }
        }
        if (help.isBlank()) {
            throw new IllegalArgumentException(name + " does not say what it is");
        }
    }

    static Builder counter(String name, String help, String... labels) {
        return new Builder(name, Type.COUNTER, help, List.of(labels));
    }

    static Builder gauge(String name, String help, String... labels) {
        return new Builder(name, Type.GAUGE, help, List.of(labels));
    }

    /** Gathers the samples. */
    static final class Builder {
        private final String name;
        private final Type type;
        private final String help;
        private final List<String> labels;
        private final List<Sample> samples = new ArrayList<>();

        private Builder(String name, Type type, String help, List<String> labels) {
            this.name = name;
            this.type = type;
            this.help = help;
            this.labels = labels;
        }

        Builder add(double value, String... of) {
            samples.add(new Sample(List.of(of), value));
            return this;
        }

        Family build() {
            return new Family(name, type, help, labels, samples);
        }
    }
}
