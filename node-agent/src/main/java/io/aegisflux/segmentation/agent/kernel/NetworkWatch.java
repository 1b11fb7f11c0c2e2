package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.NetworkChanges;
import java.lang.System.Logger.Level;

/** Tells, on a thread of its own, that interfaces or addresses have changed. */
final class NetworkWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NetworkWatch.class.getName());

    private final NetworkChanges changes;
    private final Runnable listener;
    private final Thread thread =
            Thread.ofPlatform().name("network-changes").daemon().unstarted(this::run);

    private NetworkWatch(NetworkChanges changes, Runnable listener) {
        this.changes = requireNonNull(changes, "changes is null");
        this.listener = requireNonNull(listener, "listener is null");
    }

    /**
     * Watches the network namespace of the calling thread.
     *
     * @param listener told once for changes that come together
     * @throws BpfException where netlink is refused
     */
    static NetworkWatch start(Runnable listener) throws BpfException {
        NetworkWatch watch = new NetworkWatch(NetworkChanges.open(), listener);
        watch.thread.start();
        return watch;
    }

    /** Waits until the listener is told no more. */
    @Override
    public void close() {
        changes.stop();
        try {
            thread.join();
            changes.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the thread may still use what is not closed then
        }
    }

    private void run() {
        try {
            while (changes.await()) {
                tell();
            }
        } catch (BpfException e) {
            LOG.log(Level.WARNING, "changes of interfaces are seen at polls only from now on: {0}", e.getMessage());
        }
    }

    private void tell() {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a change of interfaces was passed over", e);
        }
    }
}
