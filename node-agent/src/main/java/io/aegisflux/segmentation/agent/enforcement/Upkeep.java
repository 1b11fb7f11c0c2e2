package io.aegisflux.segmentation.agent.enforcement;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.Reports;
import io.aegisflux.segmentation.contracts.SystemEvent;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Looks after what may change without a word from the broker: interfaces and hooks, addresses of brokers. */
public final class Upkeep {
    private static final System.Logger LOG = System.getLogger(Upkeep.class.getName());

    private final DatapathLane lane;
    private final FailsafePeers failsafe;
    private final Reports reports;
    private final AtomicBoolean waits = new AtomicBoolean();
    private String lastTrouble = "";

    public Upkeep(DatapathLane lane, FailsafePeers failsafe, Reports reports) {
        this.lane = requireNonNull(lane, "lane is null");
        this.failsafe = requireNonNull(failsafe, "failsafe is null");
        this.reports = requireNonNull(reports, "reports is null");
    }

    /** One round, at every poll. */
    void round() {
        failsafe.refresh(false);
        look();
    }

    /** Interfaces or hooks may have changed: looks on the lane. Returns at once; calls while a look waits are one. */
    void look() {
        if (waits.compareAndSet(false, true)) {
            try {
                lane.schedule(this::repair, Duration.ZERO);
            } catch (RejectedExecutionException e) {
                LOG.log(Level.DEBUG, "the agent is stopping");
            }
        }
    }

    private void repair() {
        waits.set(false); // before the look: a change during it means another one
        try {
            List<String> repairs = lane.datapath().reconcile();
            for (String repair : repairs) {
                reports.system(SystemEvent.HOOKS_CHANGED, "datapath", repair, "warn", Map.of());
            }
            lastTrouble = "";
        } catch (DatapathException e) {
            if (!lastTrouble.equals(e.getMessage())) {
                lastTrouble = e.getMessage();
                reports.system(
                        SystemEvent.ERROR,
                        "datapath",
                        "drift is not repaired: " + e.getMessage(),
                        "error",
                        Map.of("detail", e.detail()));
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a look at the hooks failed, the next one tries again", e);
        }
    }
}
