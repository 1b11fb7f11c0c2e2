package io.aegisflux.segmentation.nats;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.LeaseClaim;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A right that one instance of a service holds at a time, for as long as it renews it. It is a message that the broker
 * forgets after {@link #DURATION}: who finds none writes one, and who wrote the last one may replace it, both by
 * compare-and-set, so clocks need not agree. A holder counts from before its write and stops a second before the broker
 * forgets.
 */
public final class Lease implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Lease.class.getName());

    /** How long a lease is held that is not renewed. */
    static final Duration DURATION = Duration.ofSeconds(4);

    static final Duration RENEWAL = Duration.ofSeconds(1);
    private static final Duration SURE = DURATION.minus(RENEWAL);

    private final Bus bus;
    private final String subject;
    private final byte[] claim;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile long sequence;
    private volatile long heldUntil = System.nanoTime();

    private Lease(Bus bus, String name) {
        this.bus = requireNonNull(bus, "bus is null");
        this.subject = Subjects.lease(name);
        this.claim = Wire.write(
                new LeaseClaim(bus.settings().clientName(), UUID.randomUUID().toString()));
        this.thread = Thread.ofVirtual().name("lease-" + name).unstarted(this::run);
    }

    /**
     * Begins to contend for a lease.
     *
     * @param name one lower-case token
     */
    public static Lease contend(Bus bus, String name) {
        Lease lease = new Lease(bus, name);
        lease.thread.start();
        return lease;
    }

    /** Whether this instance holds it now. */
    public boolean isHeld() {
        return heldUntil - System.nanoTime() > 0;
    }

    /** Stops to contend, and gives the lease back if it is held, so that another instance takes it over at once. */
    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
        try {
            thread.join(RENEWAL);
            if (isHeld() && bus.isConnected()) {
                heldUntil = System.nanoTime();
                bus.connection().jetStreamManagement().deleteMessage(Streams.LEASES, sequence);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | JetStreamApiException | RuntimeException e) {
            LOG.log(Level.FINE, "not given back: " + subject, e);
        }
    }

    private void run() {
        boolean isEnsured = false;
        while (!stopped) {
            try {
                if (!isEnsured) {
                    StreamCatalog.ensure(bus, Streams.LEASES);
                    isEnsured = true;
                }
                write();
            } catch (BusException | UnfitServerException | IllegalStateException e) {
                isEnsured = false;
                LOG.log(Level.FINE, "not renewed: " + subject, e);
            }
            try {
                Thread.sleep(RENEWAL);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void write() {
        long before = System.nanoTime();
        try {
            sequence = bus.publishExpecting(subject, claim, null, sequence).getSeqno();
            heldUntil = before + SURE.toNanos();
        } catch (SequenceConflictException e) {
            sequence = 0; // another's, or forgotten: from now on only when there is none
        }
    }
}
