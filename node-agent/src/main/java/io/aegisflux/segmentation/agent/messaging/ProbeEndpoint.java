package io.aegisflux.segmentation.agent.messaging;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.RateBound;
import io.aegisflux.segmentation.agent.domain.Ruling;
import io.aegisflux.segmentation.agent.domain.TableIdentity;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.ProbeReply;
import io.aegisflux.segmentation.contracts.ProbeRequest;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.ApiEndpoints;
import io.aegisflux.segmentation.nats.ApiException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Answers on {@code segmentation.api.node.<host>.probe} what this host's kernel makes of a packet. */
public final class ProbeEndpoint implements AutoCloseable {
    /** Of questions, each of which keeps the datapath's one thread busy for less than a millisecond. */
    static final int PER_SECOND = 20;

    private static final String VERSION = "1.0.0"; // of this interface: the messages may grow, their meaning stays

    private final HostId host;
    private final BusLink bus;
    private final Source source;
    private final InstantSource clock;
    private final RateBound rate;
    /** While the datapath is busy, e.g. loading programs. */
    private final Semaphore waiting = new Semaphore(PER_SECOND);

    private ApiEndpoints endpoints;
    private boolean closed;

    /** Asks the datapath. */
    @FunctionalInterface
    public interface Source {
        /** Empty when no programs are loaded. */
        Optional<Answer> ask(PacketTuple packet) throws DatapathException;
    }

    /**
     * What the datapath said.
     *
     * @param hooks as the datapath tells them
     */
    public record Answer(Ruling ruling, Map<String, String> hooks) {}

    public ProbeEndpoint(HostId host, BusLink bus, Source source, InstantSource clock) {
        this.host = requireNonNull(host, "host is null");
        this.bus = requireNonNull(bus, "bus is null");
        this.source = requireNonNull(source, "source is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.rate = new RateBound(PER_SECOND, clock);
    }

    /** Begins to answer, with the first connection; at later calls it does so already. */
    public synchronized void start() {
        if (endpoints == null && !closed) {
            endpoints = ApiEndpoints.at(
                    bus.bus(),
                    "probe",
                    Subjects.probe(host),
                    VERSION,
                    this::answer,
                    io.micrometer.core.instrument.Metrics.globalRegistry);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (endpoints != null) {
            endpoints.close();
        }
    }

    private byte[] answer(byte[] request) {
        PacketTuple packet = Wire.read(request, ProbeRequest.class).packet();
        if (!rate.take()) {
            throw tooMany("more than %d questions within a second".formatted(PER_SECOND));
        }
        if (!waiting.tryAcquire()) {
            throw tooMany("%d questions wait for the datapath, which is busy".formatted(PER_SECOND));
        }
        try {
            return Wire.write(reply(packet, source.ask(packet).orElseThrow(this::nothingLoaded)));
        } catch (IllegalArgumentException e) {
            throw new ApiException(
                    ApiError.INVALID_REQUEST, "not a packet: " + e.getMessage(), "ask about one that can be on a wire");
        } catch (DatapathException e) {
            throw new ApiException(
                    ApiError.INTERNAL, "the kernel was not asked: " + e.getMessage(), "the agent's log may say more");
        } finally {
            waiting.release();
        }
    }

    private ProbeReply reply(PacketTuple packet, Answer answer) {
        Ruling ruling = answer.ruling();
        Hook hook = packet.direction() == Direction.INGRESS ? Hook.TC_INGRESS : Hook.TC_EGRESS;
        Map<String, String> there = new LinkedHashMap<>();
        answer.hooks().entrySet().stream()
                .filter(each -> each.getKey().startsWith(hook.wireName() + "@"))
                .sorted(Map.Entry.comparingByKey())
                .forEach(each -> there.put(each.getKey(), each.getValue()));
        return new ProbeReply(
                host,
                ruling.verdict(),
                ruling.reason(),
                ruling.policyId(),
                ruling.policyVersion(),
                ruling.ruleId(),
                ruling.audit(),
                hook,
                there,
                ruling.program(),
                ruling.artifactDigest(),
                ruling.identity().map(TableIdentity::epoch).orElse(0L),
                ruling.identity().map(TableIdentity::revision).orElse(0L),
                ruling.generation(),
                clock.instant());
    }

    private ApiException nothingLoaded() {
        return new ApiException(
                ApiError.NOT_FOUND,
                "no programs are loaded on %s".formatted(host),
                "segctl status says what its agent waits for");
    }

    private static ApiException tooMany(String what) {
        return new ApiException(ApiError.TOO_MANY_REQUESTS, what, "ask again in a second");
    }
}
