package io.aegisflux.segmentation.telemetry;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A dashboard of deploy/grafana, as far as Grafana would ask Prometheus for it. */
record Dashboard(String file, JsonNode json) {
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.+), (\\w+)\\)");

    /** A variable and the series whose label has its values. */
    record Variable(String name, String series, String label) {}

    static List<Dashboard> all() throws IOException {
        List<Dashboard> dashboards = new ArrayList<>();
        try (Stream<Path> files = Files.list(Repository.root().resolve("deploy/grafana"))) {
            for (Path file : files.sorted().toList()) {
                dashboards.add(new Dashboard(
                        file.getFileName().toString(), Wire.mapper().readTree(Files.readAllBytes(file))));
            }
        }
        return dashboards;
    }

    String uid() {
        return json.path("uid").asText();
    }

    /** Of every panel. */
    List<String> expressions() {
        return json.path("panels").findValuesAsText("expr");
    }

    List<Variable> variables() {
        List<Variable> variables = new ArrayList<>();
        for (JsonNode variable : json.path("templating").path("list")) {
            if (variable.path("type").asText().equals("query")) {
                String query = variable.path("query").path("query").asText();
                Matcher parts = LABEL_VALUES.matcher(query);
                if (!parts.matches()) {
                    throw new AssertionError("%s: a variable asks for %s".formatted(file, query));
                }
                variables.add(new Variable(variable.path("name").asText(), parts.group(1), parts.group(2)));
            }
        }
        return variables;
    }
}
