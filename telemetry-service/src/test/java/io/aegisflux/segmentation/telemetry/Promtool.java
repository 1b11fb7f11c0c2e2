package io.aegisflux.segmentation.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.harness.PrometheusBinary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Prometheus' own checks. */
final class Promtool {
    private Promtool() {}

    /** Makes sure that it finds nothing in what a service says in families of ours. */
    static void checkMetrics(Scrape scrape, Path directory) throws IOException, InterruptedException {
        Path ours = Files.writeString(directory.resolve("scraped.txt"), scrape.ours());
        assertThat(run(directory, ours, "check", "metrics")).isEmpty();
    }

    /** Makes sure that it is content; returns what it said. */
    static String run(Path directory, Path input, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(PrometheusBinary.find("promtool").toString()));
        command.addAll(List.of(arguments));
        Process run = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(run.waitFor()).as(said).isZero();
        return said;
    }
}
