package io.aegisflux.segmentation.agent.enforcement;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.Reports;
import io.aegisflux.segmentation.contracts.SystemEvent;
import java.util.List;
import java.util.Map;

/** Looks after what may change without a word from the broker: drift on the hooks, addresses of brokers. */
public final class Upkeep {
    private final DatapathLane lane;
    private final FailsafePeers failsafe;
    private final Reports reports;
    private String lastTrouble = "";

    public Upkeep(DatapathLane lane, FailsafePeers failsafe, Reports reports) {
        this.lane = requireNonNull(lane, "lane is null");
        this.failsafe = requireNonNull(failsafe, "failsafe is null");
        this.reports = requireNonNull(reports, "reports is null");
    }

    /** One round, at every poll. */
    void round() {
        failsafe.refresh(false);
        try {
            List<String> repairs = lane.call(Datapath::reconcile);
            for (String repair : repairs) {
                reports.system("drift_repaired", "datapath", repair, "warn", Map.of());
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
        }
    }
}
