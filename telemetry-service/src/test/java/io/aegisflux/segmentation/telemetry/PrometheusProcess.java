package io.aegisflux.segmentation.telemetry;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.PrometheusBinary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/** A Prometheus server as a process of its own, asked over its HTTP API. */
final class PrometheusProcess implements AutoCloseable {
    private final Process process;
    private final String url;
    private final HttpClient http = HttpClient.newHttpClient();

    private PrometheusProcess(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /**
     * Starts one.
     *
     * @param config its configuration file
     * @param directory for its data and its log
     */
    static PrometheusProcess start(Path config, Path directory) throws IOException {
        String address = "127.0.0.1:" + NatsServer.freePort();
        Process process = new ProcessBuilder(
                        PrometheusBinary.find("prometheus").toString(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + directory.resolve("prometheus-data"),
                        "--web.listen-address=" + address)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
        return new PrometheusProcess(process, "http://" + address);
    }

    /** The samples of a query now; none, too, while it does not answer. */
    List<JsonNode> query(String expression) {
        JsonNode data = get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        return StreamSupport.stream(data.path("result").spliterator(), false).toList();
    }

    /** Whether a query has an answer in which there is a number. */
    boolean hasAnswer(String expression) {
        return query(expression).stream()
                .map(sample -> sample.path("value").path(1).asText("NaN"))
                .anyMatch(value -> !value.equals("NaN"));
    }

    /** The value of a query that has one sample; NaN for any other. */
    double number(String expression) {
        List<JsonNode> samples = query(expression);
        return samples.size() == 1 ? samples.getFirst().path("value").path(1).asDouble() : Double.NaN;
    }

    /**
     * The data of an answer; missing while it does not answer.
     *
     * @throws IllegalStateException for a request that Prometheus refuses
     */
    JsonNode get(String path) {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(url + path))
                            .timeout(Duration.ofSeconds(30))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 503) {
                return Wire.mapper().missingNode();
            }
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(path + ": " + answer.body());
            }
            return Wire.mapper().readTree(answer.body()).path("data");
        } catch (ConnectException e) {
            return Wire.mapper().missingNode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        http.close();
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
