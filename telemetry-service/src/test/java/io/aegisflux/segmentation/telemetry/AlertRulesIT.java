package io.aegisflux.segmentation.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** deploy/prometheus, as promtool sees it. */
class AlertRulesIT {
    private static final Path SHIPPED = Repository.root().resolve("deploy/prometheus");

    private static void promtool(String... arguments) throws IOException, InterruptedException {
        Promtool.run(SHIPPED, Path.of("/dev/null"), arguments);
    }

    private static Set<String> matches(String pattern, Path file) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(file))
                .results()
                .map(MatchResult::group)
                .map(found -> found.replaceAll(".*(Segmentation[A-Za-z]+).*", "$1"))
                .collect(Collectors.toSet());
    }

    @Test
    void configurationAndRulesAreValid() throws Exception {
        promtool("check", "config", "prometheus.yml");
        promtool("check", "rules", "alerts.yml");
    }

    @Test
    void alertsFireWhenTheyShouldAndOnlyThen() throws Exception {
        promtool("test", "rules", "alerts.test.yml");
    }

    @Test
    void everyAlertIsTestedAndDocumented() throws Exception {
        Set<String> alerts = matches("alert: Segmentation\\w+", SHIPPED.resolve("alerts.yml"));
        assertThat(alerts).hasSize(11);
        assertThat(matches("alertname=\"Segmentation\\w+", SHIPPED.resolve("alerts.test.yml")))
                .isEqualTo(alerts);
        assertThat(matches("(?m)^\\| `Segmentation\\w+`", Repository.root().resolve("docs/metrics.md")))
                .isEqualTo(alerts);
    }

    @Test
    void everyAlertHasASeverityASummaryAndADescription() throws Exception {
        String rules = Files.readString(SHIPPED.resolve("alerts.yml"));
        List<String> each = List.of(rules.split("- alert: ")).subList(1, 12);
        assertThat(each)
                .allSatisfy(rule -> assertThat(rule)
                        .containsPattern("severity: (critical|warning|info) ")
                        .contains("summary: \"")
                        .containsPattern("description: >-\n +\\S+"));
    }
}
