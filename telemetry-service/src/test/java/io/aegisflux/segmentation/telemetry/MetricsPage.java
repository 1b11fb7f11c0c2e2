package io.aegisflux.segmentation.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;

/** docs/metrics.md, held to what services say. */
final class MetricsPage {
    private MetricsPage() {}

    /** Makes sure that the page has each family of ours, with its type and labels. */
    static void assertHas(Scrape scrape) throws IOException {
        String ours = scrape.ours();
        List<String> rows = Files.readAllLines(Repository.root().resolve("docs/metrics.md")).stream()
                .filter(line -> line.startsWith("| `segmentation_"))
                .toList();
        for (String line : ours.lines()
                .filter(line -> line.startsWith("# TYPE"))
                .filter(line -> !line.contains("_max "))
                .toList()) {
            String[] words = line.split(" ");
            String row = rows.stream()
                    .filter(candidate -> candidate.contains("`" + words[2] + "`"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("docs/metrics.md does not name " + words[2]));
            String[] cells = row.split(" \\| ");
            assertThat(cells[1]).as(words[2]).startsWith(words[3]);
            ours.lines()
                    .filter(sample -> sample.startsWith(words[2] + "{") && words[3].matches("counter|gauge"))
                    .forEach(sample -> assertThat(labels(sample))
                            .as(words[2])
                            .containsExactlyInAnyOrder(cells[2].strip().split(", ")));
        }
    }

    private static List<String> labels(String sample) {
        return Pattern.compile("([a-z]+)=\"")
                .matcher(sample)
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
