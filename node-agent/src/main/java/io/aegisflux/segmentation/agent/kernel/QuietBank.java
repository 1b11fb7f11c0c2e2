package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.GracePeriod;
import java.lang.System.Logger.Level;

/**
 * Knows when the bank that was in force until a switch is read by no packet any more: after an RCU grace period. It is
 * waited for beside, so that the switch itself does not take as long. For one thread.
 */
final class QuietBank {
    private static final System.Logger LOG = System.getLogger(QuietBank.class.getName());

    /** Where the kernel cannot be asked. No program runs as long: they never sleep. */
    private static final long FALLBACK_MILLIS = 200;

    private Thread waiting;

    /** A switch was made just now. */
    void begin() {
        waiting = Thread.ofPlatform().name("grace-period").daemon().start(QuietBank::pass);
    }

    /** Waits until the bank is quiet; at once when that was reached meanwhile. */
    void await() {
        if (waiting == null) {
            return;
        }
        try {
            waiting.join();
            waiting = null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a bank was still read", e);
        }
    }

    private static void pass() {
        try {
            GracePeriod.await();
        } catch (BpfException e) {
            LOG.log(Level.DEBUG, "no grace period by system call: {0}", e.getMessage());
            try {
                Thread.sleep(FALLBACK_MILLIS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
