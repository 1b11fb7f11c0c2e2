package io.aegisflux.segmentation.e2e;

import io.aegisflux.segmentation.contracts.BuildCompleted;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.Figures;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.Arrays;

/** What an artifact takes: from nothing, as the suite's start made it, and asked for again with the same inputs. */
final class BuildFigures {
    private static final int RUNS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SECTION = "Artifacts";

    private BuildFigures() {}

    /** @param connection to the broker of a suite whose agents have their programs */
    static void measure(Figures figures, Connection connection) throws Exception {
        BuildCompleted first = Wire.read(
                connection
                        .jetStreamManagement()
                        .getFirstMessage(Streams.BUILD_RESULTS, Subjects.BUILDS_COMPLETED)
                        .getData(),
                BuildCompleted.class);
        byte[] request = Wire.write(new BuildSpec("datapath", "default", "x86_64", null));
        double[] again = new double[RUNS];
        Subscription completed = connection.subscribe(Subjects.BUILDS_COMPLETED);
        for (int i = 0; i < RUNS; i++) {
            long start = System.nanoTime();
            connection.publish(Subjects.BUILDS_REQUESTED, request);
            Message message = completed.nextMessage(PATIENCE);
            again[i] = (System.nanoTime() - start) / 1e6;
            BuildCompleted build = Wire.read(message.getData(), BuildCompleted.class);
            if (!build.reused() || !build.artifactDigest().equals(first.artifactDigest())) {
                throw new IllegalStateException("the same inputs made another artifact: " + build);
            }
        }
        completed.unsubscribe();
        Arrays.sort(again);
        figures.atMost(3_000, SECTION, "build, cold", first.durationMillis(), "ms", null);
        figures.atMost(50, SECTION, "the same inputs again, request to answer, median", again[RUNS / 2], "ms", null);
    }
}
