package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.nats.ApiException;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.SequenceConflictException;
import io.aegisflux.segmentation.policy.domain.HostBook;
import io.aegisflux.segmentation.policy.domain.World;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What label conditions know: workloads, and the removal of hosts that are gone for good. */
@ApplicationScoped
public class WorkloadQueries implements PolicyVerbs {
    private static final long PAGE_BYTES = 256 * 1024;

    private final Bus bus;
    private final WorldState world;
    private final HostStore hosts;

    @Inject
    public WorkloadQueries(Bus bus, WorldState world, HostStore hosts) {
        this.bus = bus;
        this.world = world;
        this.hosts = hosts;
    }

    @Override
    public Map<String, UnaryOperator<byte[]>> verbs() {
        return Map.of(PolicyApi.WORKLOADS, this::workloads, PolicyApi.REMOVE_HOST, this::removeHost);
    }

    private byte[] workloads(byte[] request) {
        PolicyApi.WorkloadsRequest wanted = request.length == 0
                ? new PolicyApi.WorkloadsRequest(null)
                : Wire.read(request, PolicyApi.WorkloadsRequest.class);
        List<PolicyApi.WorkloadSummary> all = all(world.now());
        long room = Math.min(PAGE_BYTES, bus.connection().getMaxPayload() / 2);
        int next = Math.min(wanted.from() == null ? 0 : wanted.from(), all.size());
        List<PolicyApi.WorkloadSummary> page = new ArrayList<>();
        while (next < all.size() && room > 0) {
            page.add(all.get(next));
            room -= Wire.write(all.get(next)).length;
            next++;
        }
        return Wire.write(new PolicyApi.WorkloadsReply(page, next < all.size() ? next : null));
    }

    private byte[] removeHost(byte[] request) {
        HostId host = Wire.read(request, PolicyApi.RemoveHostRequest.class).hostId();
        PolicyQueries.host(world.now(), host);
        try {
            hosts.remove(host);
        } catch (SequenceConflictException e) {
            throw new ApiException(
                    ApiError.VERSION_CONFLICT,
                    "host %s reports just now".formatted(host),
                    "stop its agent first; while it reports it is known again at once");
        }
        return Wire.write(new PolicyApi.HostRemoved(host));
    }

    private static List<PolicyApi.WorkloadSummary> all(World known) {
        Stream<PolicyApi.WorkloadSummary> ofHosts = known.hosts().all().stream().flatMap(WorkloadQueries::of);
        Stream<PolicyApi.WorkloadSummary> registered = known.registry().all().stream()
                .map(it -> new PolicyApi.WorkloadSummary(
                        it.id().value(), null, it.labels(), it.addresses(), it.expiresAt()));
        return Stream.concat(ofHosts, registered).toList();
    }

    private static Stream<PolicyApi.WorkloadSummary> of(CapabilityReport host) {
        return HostBook.workloads(host)
                .map((Workload it) ->
                        new PolicyApi.WorkloadSummary(it.name(), host.hostId(), it.labels(), it.addresses(), null));
    }
}
