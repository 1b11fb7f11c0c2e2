package io.aegisflux.segmentation.nats;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.LeaseClaim;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The instances of a service that are there, and which of its partitions are whose. Each says so every second with a lease
 * of its own; one that was not heard for {@link Lease#DURATION} is gone, one that ends says that, too. Partition p is
 * that of the (p mod n)-th of n instances in the order of their ids: all who hear the same divide the same way. For a moment
 * they may not, so whoever works on a partition has to notice that another does.
 */
public final class Members implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Members.class.getName());

    private final Bus bus;
    private final String service;
    private final String instance = UUID.randomUUID().toString();
    private final String subject;
    private final Map<String, Long> heard = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile StateFollower follower;
    private volatile boolean stopped;

    private Members(Bus bus) {
        this.bus = requireNonNull(bus, "bus is null");
        this.service = bus.settings().clientName();
        this.subject = Subjects.lease(service + "-" + instance);
        this.thread = Thread.ofVirtual().name("members").unstarted(this::run);
    }

    /** Becomes one of the instances of the bus's service. */
    public static Members join(Bus bus) {
        Members members = new Members(bus);
        members.thread.start();
        return members;
    }

    /** Whether this instance is one of them, as far as it hears. */
    public boolean isHeard() {
        Long at = heard.get(instance);
        return at != null && System.nanoTime() - at <= Lease.DURATION.toNanos();
    }

    /**
     * Which of the partitions are this instance's now; none while it does not hear itself.
     *
     * @param partitions how many there are
     */
    public Set<Integer> share(int partitions) {
        long now = System.nanoTime();
        heard.values().removeIf(at -> now - at > Lease.DURATION.toNanos());
        List<String> there = List.copyOf(new TreeSet<>(heard.keySet()));
        int place = there.indexOf(instance);
        return place < 0
                ? Set.of()
                : IntStream.range(0, partitions)
                        .filter(partition -> partition % there.size() == place)
                        .boxed()
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Leaves, so that the others share at once what was this instance's. */
    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
        try {
            thread.join(Lease.RENEWAL);
            if (follower != null) {
                follower.close();
            }
            if (bus.isConnected()) {
                bus.publish(subject, new byte[0], null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (BusException | IllegalStateException e) {
            LOG.log(Level.FINE, "not said that it ends: " + subject, e);
        }
    }

    private void run() {
        byte[] claim = Wire.write(new LeaseClaim(service, instance));
        follower = StateFollower.lastOfEach(bus, Streams.LEASES, Subjects.each(Subjects.LEASES), this::hear);
        while (!stopped) {
            try {
                bus.publish(subject, claim, null);
            } catch (BusException | UnfitServerException | IllegalStateException e) {
                LOG.log(Level.FINE, "not heard: " + subject, e);
            }
            try {
                Thread.sleep(Lease.RENEWAL);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void hear(byte[] data, NatsMetadata metadata) {
        String prefix = service + "-";
        if (!metadata.token().startsWith(prefix)) {
            return;
        }
        String name = metadata.token().substring(prefix.length());
        if (data.length == 0) {
            heard.remove(name);
        } else if (Wire.read(data, LeaseClaim.class).equals(new LeaseClaim(service, name))) {
            heard.put(name, System.nanoTime());
        }
    }
}
