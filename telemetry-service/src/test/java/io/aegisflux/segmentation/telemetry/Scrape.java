package io.aegisflux.segmentation.telemetry;

import io.aegisflux.segmentation.harness.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** What {@code /q/metrics} answered. */
record Scrape(int status, String contentType, String body) {
    /** What Prometheus 2.42 sends. */
    static final String PROMETHEUS_2 = "application/openmetrics-text;version=1.0.0,"
            + "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    /** What Prometheus 2.53 sends. */
    static final String PROMETHEUS_2_53 = "application/openmetrics-text;version=1.0.0;q=0.5,"
            + "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    /** What Prometheus 3 sends. */
    static final String PROMETHEUS_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
            + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
            + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    static final String OPENMETRICS_WITHOUT_CHARSET = "application/openmetrics-text; version=1.0.0";

    static final String OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    static Scrape of(ServiceProcess service, String accept) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create(service.http() + "/q/metrics"))
                            .header("Accept", accept)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return new Scrape(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static Scrape of(ServiceProcess service) {
        return of(service, TEXT);
    }

    /** The value of a series. */
    OptionalDouble value(String series) {
        return body.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst();
    }

    /** The series of a family as they stand. */
    List<String> series(String family) {
        return body.lines()
                .filter(line -> line.startsWith(family + "{") || line.startsWith(family + " "))
                .toList();
    }

    /** Only what is ours, comments and all. */
    String ours() {
        return body.lines()
                        .filter(line -> line.startsWith("segmentation_")
                                || line.startsWith("# HELP segmentation_")
                                || line.startsWith("# TYPE segmentation_"))
                        .collect(Collectors.joining("\n"))
                + "\n";
    }
}
