package io.aegisflux.segmentation.agent.messaging;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.UnfitServerException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Tells when the broker is there: for the first time, and each time it came back. */
public final class BusWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(BusWatch.class.getName());
    private static final Duration UNFIT_PAUSE = Duration.ofSeconds(5);

    private final BusLink bus;
    private final Runnable connected;
    private final Thread thread = Thread.ofVirtual().name("bus-watch").unstarted(this::await);
    private volatile Connection connection;
    private final ConnectionListener listener = this::changed;

    /**
     * @param connected called on a thread of the connection's; returns soon
     */
    public BusWatch(BusLink bus, Runnable connected) {
        this.bus = requireNonNull(bus, "bus is null");
        this.connected = requireNonNull(connected, "connected is null");
    }

    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
        Connection now = connection;
        if (now != null) {
            now.removeConnectionListener(listener);
        }
    }

    private void await() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Connection first = bus.bus().connection();
                first.addConnectionListener(listener);
                connection = first;
                connected.run();
                return;
            } catch (UnfitServerException e) {
                try {
                    Thread.sleep(UNFIT_PAUSE); // the bus looks again for a server that is fit
                } catch (InterruptedException interrupt) {
                    return;
                }
            } catch (BusException e) {
                LOG.log(Level.DEBUG, "no broker is waited for any more", e);
                return;
            }
        }
    }

    private void changed(Connection source, ConnectionListener.Events event) {
        if (event == ConnectionListener.Events.RECONNECTED) {
            connected.run();
        }
    }
}
