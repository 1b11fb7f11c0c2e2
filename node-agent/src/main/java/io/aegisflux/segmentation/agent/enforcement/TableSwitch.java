package io.aegisflux.segmentation.agent.enforcement;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.Expiry;
import io.aegisflux.segmentation.agent.domain.Fallback;
import io.aegisflux.segmentation.agent.domain.Reports;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.TableIdentity;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.SystemEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * Puts tables in force until they are confirmed, and the one in force again when a rule of it expires: the host keeps
 * time without its control plane. Fields change on the lane's thread alone.
 */
public final class TableSwitch {
    /** The longest sleep towards an expiry, so that a step of the wall clock delays it by no more than this. */
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(5);

    private static final Duration RETRY = Duration.ofSeconds(5);

    /** Between looks whether the kernel went back, once it may have. */
    private static final Duration LOOK = Duration.ofMillis(200);

    private final DatapathLane lane;
    private final Standing standing;
    private final Reports reports;
    private final Duration confirmWithin;
    private final InstantSource clock;
    private volatile RuleTable table = RuleTable.EMPTY;
    private Instant installedAt = Instant.MIN;
    private Future<?> alarm;
    private Future<?> deadline;

    /**
     * @param confirmWithin how long a new table stays without {@link #confirm(long)}
     */
    public TableSwitch(
            DatapathLane lane, Standing standing, Reports reports, Duration confirmWithin, InstantSource clock) {
        this.lane = requireNonNull(lane, "lane is null");
        this.standing = requireNonNull(standing, "standing is null");
        this.reports = requireNonNull(reports, "reports is null");
        this.confirmWithin = requireNonNull(confirmWithin, "confirmWithin is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** The table in force, with its expired rules. */
    public RuleTable table() {
        return table;
    }

    /**
     * Installs a table, to be confirmed.
     *
     * @throws DatapathException when the datapath does not take it; the one before stays
     */
    Running install(RuleTable next, TableIdentity identity) throws DatapathException {
        return lane.call(datapath -> installOn(datapath, next, identity, confirmWithin));
    }

    /** Installs a table that was confirmed once. */
    Running restore(RuleTable next, TableIdentity identity) throws DatapathException {
        return lane.call(datapath -> installOn(datapath, next, identity, Duration.ZERO));
    }

    /**
     * Puts a generation in force for good.
     *
     * @return false when it is too late, and the table before is in force again, or soon
     */
    boolean confirm(long generation) throws DatapathException {
        return lane.call(datapath -> datapath.confirm(generation));
    }

    /** Takes note of the table that was found in force. Rules that expired meanwhile go at once. */
    void adopted() throws DatapathException {
        lane.call(datapath -> {
            adopt(datapath);
            settle();
            return null;
        });
    }

    private void adopt(Datapath datapath) {
        table = datapath.table();
        installedAt = Instant.MIN;
        sleep();
    }

    private Running installOn(Datapath datapath, RuleTable next, TableIdentity identity, Duration within)
            throws DatapathException {
        Instant now = clock.instant();
        Running running = datapath.install(next, identity, now, within);
        table = next;
        installedAt = now;
        sleep();
        watch(running);
        return running;
    }

    /** Looks again when the kernel goes back from this table, unless it is confirmed by then. */
    private void watch(Running running) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        deadline = running.confirmBy()
                .map(by -> Duration.between(clock.instant(), by))
                .map(left -> lane.schedule(this::settle, left.compareTo(LOOK) < 0 ? LOOK : left))
                .orElse(null);
    }

    private void settle() {
        Datapath datapath = lane.datapath();
        try {
            Optional<Fallback> fallback = datapath.settle();
            datapath.running().ifPresent(this::watch);
            if (fallback.isPresent()) {
                adopt(datapath);
                reportFallback(fallback.get(), datapath.running().orElseThrow());
            }
        } catch (DatapathException e) {
            deadline = lane.schedule(this::settle, RETRY);
            reports.system(
                    SystemEvent.ERROR,
                    "datapath",
                    "what the kernel went back to cannot be read: " + e.getMessage(),
                    "error",
                    Map.of("detail", e.detail()));
        }
    }

    private void reportFallback(Fallback fallback, Running running) {
        Map<String, Object> figures = new HashMap<>();
        figures.put("generation", running.generation());
        figures.put("generation_rolled_back", fallback.generation());
        fallback.identity().ifPresent(gone -> {
            figures.put("epoch", gone.epoch());
            figures.put("revision", gone.revision());
        });
        String message = "%s was not confirmed in time, generation %d is in force again"
                .formatted(
                        fallback.identity()
                                .map(gone -> "revision " + gone.revision())
                                .orElse("generation " + fallback.generation()),
                        running.generation());
        standing.change(now -> now.reloaded(running).behind(message));
        reports.system(SystemEvent.TABLE_ROLLED_BACK, "datapath", message, "error", figures);
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
        if (datapath.running().flatMap(Running::confirmBy).isPresent()) {
            alarm = lane.schedule(this::wake, LOOK); // the kernel keeps the table before until then
            return;
        }
        try {
            Running running = installOn(datapath, table, identity.get(), Duration.ZERO);
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
