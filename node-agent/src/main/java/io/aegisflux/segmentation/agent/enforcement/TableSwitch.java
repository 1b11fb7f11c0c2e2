package io.aegisflux.segmentation.agent.enforcement;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.Expiry;
import io.aegisflux.segmentation.agent.domain.Reports;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.TableIdentity;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.SystemEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * Puts tables in force, and the one in force again when a rule of it expires: the host keeps time without its control
 * plane. Fields change on the lane's thread alone.
 */
public final class TableSwitch {
    /** The longest sleep towards an expiry, so that a step of the wall clock delays it by no more than this. */
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(5);

    private static final Duration RETRY = Duration.ofSeconds(5);

    private final DatapathLane lane;
    private final Standing standing;
    private final Reports reports;
    private final InstantSource clock;
    private volatile RuleTable table = RuleTable.EMPTY;
    private Instant installedAt = Instant.MIN;
    private Future<?> alarm;

    public TableSwitch(DatapathLane lane, Standing standing, Reports reports, InstantSource clock) {
        this.lane = requireNonNull(lane, "lane is null");
        this.standing = requireNonNull(standing, "standing is null");
        this.reports = requireNonNull(reports, "reports is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** The table in force, with its expired rules. */
    public RuleTable table() {
        return table;
    }

    /**
     * Installs a table.
     *
     * @throws DatapathException when the datapath does not take it; the one before stays
     */
    Running install(RuleTable next, TableIdentity identity) throws DatapathException {
        return lane.call(datapath -> installOn(datapath, next, identity));
    }

    /** Takes note of the table that was found in force. Rules that expired meanwhile go at once. */
    void adopted() throws DatapathException {
        lane.call(datapath -> {
            table = datapath.table();
            installedAt = Instant.MIN;
            sleep();
            return null;
        });
    }

    private Running installOn(Datapath datapath, RuleTable next, TableIdentity identity) throws DatapathException {
        Instant now = clock.instant();
        Running running = datapath.install(next, identity, now);
        table = next;
        installedAt = now;
        sleep();
        return running;
    }

    private void sleep() {
        if (alarm != null) {
            alarm.cancel(false);
        }
        alarm = Expiry.next(table, installedAt)
                .map(expiry -> lane.schedule(this::wake, untilOrLongest(expiry)))
                .orElse(null);
    }

    private Duration untilOrLongest(Instant expiry) {
        Duration left = Duration.between(clock.instant(), expiry);
        if (left.isNegative()) {
            return Duration.ZERO;
        }
        return left.compareTo(LONGEST_SLEEP) > 0 ? LONGEST_SLEEP : left;
    }

    private void wake() {
        Optional<Instant> due = Expiry.next(table, installedAt)
                .filter(expiry -> !clock.instant().isBefore(expiry));
        if (due.isEmpty()) {
            sleep();
            return;
        }
        Datapath datapath = lane.datapath();
        Optional<TableIdentity> identity = datapath.running().flatMap(Running::identity);
        if (identity.isEmpty()) {
            return; // nothing is in force any more that could expire
        }
        try {
            Running running = installOn(datapath, table, identity.get());
            standing.change(now -> now.reloaded(running));
            reports.system(
                    SystemEvent.MAP_UPDATED,
                    "datapath",
                    "rules expired at " + due.get(),
                    "info",
                    Map.of(
                            "generation",
                            running.generation(),
                            "expired_at",
                            due.get().toString()));
        } catch (DatapathException e) {
            alarm = lane.schedule(this::wake, RETRY);
            reports.system(
                    SystemEvent.ERROR,
                    "datapath",
                    "expired rules are still in force: " + e.getMessage(),
                    "error",
                    Map.of("detail", e.detail()));
        }
    }
}
