package io.aegisflux.segmentation.nats;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.micrometer.core.instrument.MeterRegistry;
import io.nats.client.impl.Headers;
import io.nats.service.Service;
import io.nats.service.ServiceBuilder;
import io.nats.service.ServiceEndpoint;
import io.nats.service.ServiceMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Request/reply under {@code segmentation.api.<service>.<verb>} as a NATS micro service (ADR-32). Replies go to inboxes
 * only: a request whose reply subject is anything else would make the service write there on the requester's behalf.
 */
public final class ApiEndpoints implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ApiEndpoints.class.getName());
    private static final String INBOX = "_INBOX";

    private final Bus bus;
    private final Service service;
    private final RequestTimers timers;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

    /** @param subject of each verb */
    private ApiEndpoints(
            Bus bus,
            String name,
            String version,
            UnaryOperator<String> subject,
            Map<String, UnaryOperator<byte[]>> verbs,
            MeterRegistry metrics) {
        this.bus = bus;
        this.timers = new RequestTimers(metrics, bus.settings().clientName(), verbs.keySet());
        ServiceBuilder builder = Service.builder()
                .connection(bus.connection())
                .name(bus.settings().clientName())
                .version(version)
                .description("AegisFlux Segmentation, " + name);
        verbs.forEach((verb, handler) -> builder.addServiceEndpoint(ServiceEndpoint.builder()
                .endpointName(verb)
                .endpointSubject(subject.apply(verb))
                .handler(message -> workers.execute(() -> answer(verb, message, handler)))
                .build()));
        service = builder.build();
        service.startService();
    }

    /**
     * Starts to answer. Waits for the connection.
     *
     * @param name the word after {@code segmentation.api.}
     * @param version of the service, semantic
     * @param verbs what each verb does with the request's bytes; throws {@link ApiException} to refuse,
     *     {@link MalformedMessageException} for bytes that are not the request
     * @param metrics where the time that each answer takes is counted
     */
    public static ApiEndpoints start(
            Bus bus, String name, String version, Map<String, UnaryOperator<byte[]>> verbs, MeterRegistry metrics) {
        return new ApiEndpoints(bus, name, version, verb -> Subjects.api(name, verb), verbs, metrics);
    }

    /**
     * Starts to answer on one subject, which names who answers. Waits for the connection.
     *
     * @param handler as those of {@link #start}
     * @param metrics as there
     */
    public static ApiEndpoints at(
            Bus bus,
            String verb,
            String subject,
            String version,
            UnaryOperator<byte[]> handler,
            MeterRegistry metrics) {
        return new ApiEndpoints(bus, verb, version, ignored -> subject, Map.of(verb, handler), metrics);
    }

    @Override
    public void close() {
        try {
            service.stop();
        } catch (IllegalStateException e) {
            LOG.log(Level.FINE, "the connection was closed before, and the endpoints with it", e);
        }
        workers.shutdown();
        try {
            workers.awaitTermination(Duration.ofSeconds(5).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(String verb, ServiceMessage message, UnaryOperator<byte[]> handler) {
        if (message.getReplyTo() == null || !message.getReplyTo().startsWith(INBOX)) {
            LOG.log(
                    Level.WARNING,
                    "not answered: the reply subject of a request on {0} is no inbox",
                    message.getSubject());
            return;
        }
        long begin = System.nanoTime();
        String code = answer(message, handler);
        timers.record(verb, code, Duration.ofNanos(System.nanoTime() - begin));
    }

    /** Returns the code of the answer. */
    private String answer(ServiceMessage message, UnaryOperator<byte[]> handler) {
        try {
            message.respond(bus.connection(), handler.apply(message.getData()));
            return RequestTimers.OK;
        } catch (ApiException e) {
            return refuse(message, e.error());
        } catch (MalformedMessageException e) {
            return refuse(
                    message,
                    new ApiError(ApiError.INVALID_REQUEST, e.getMessage(), "send the request as JSON", List.of()));
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "a request on " + message.getSubject() + " failed", e);
            return refuse(
                    message, new ApiError(ApiError.INTERNAL, "the service failed", "its log says more", List.of()));
        }
    }

    private String refuse(ServiceMessage message, ApiError error) {
        message.respond(bus.connection(), Wire.write(error), errorHeaders(error));
        return error.code();
    }

    /** The headers of a refusal, as ADR-32 has them, with our stable code. */
    public static Headers errorHeaders(ApiError error) {
        return new Headers()
                .put(ServiceMessage.NATS_SERVICE_ERROR, error.code() + ": " + oneLine(error.message()))
                .put(ServiceMessage.NATS_SERVICE_ERROR_CODE, Integer.toString(status(error.code())));
    }

    private static int status(String code) {
        return switch (code) {
            case ApiError.NOT_FOUND -> 404;
            case ApiError.VERSION_CONFLICT -> 409;
            case ApiError.TOO_MANY_REQUESTS -> 429;
            case ApiError.INTERNAL -> 500;
            default -> 400;
        };
    }

    private static String oneLine(String text) {
        return text.replaceAll("[\\x00-\\x1f\\x7f]+", " ");
    }
}
