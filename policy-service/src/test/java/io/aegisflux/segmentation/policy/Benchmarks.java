package io.aegisflux.segmentation.policy;

import io.aegisflux.segmentation.policy.domain.TablesBenchmark;

/** The service's figures, for {@code ./dev bench}. */
final class Benchmarks {
    private Benchmarks() {}

    public static void main(String[] arguments) throws Exception {
        TablesBenchmark.main(arguments);
        PublishBenchmark.main(arguments);
    }
}
