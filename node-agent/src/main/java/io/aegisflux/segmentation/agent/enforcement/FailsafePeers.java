package io.aegisflux.segmentation.agent.enforcement;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.FailsafeEntry;
import io.aegisflux.segmentation.agent.domain.Reports;
import io.aegisflux.segmentation.contracts.SystemEvent;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Keeps the datapath's failsafe set at what the brokers' names and the configuration mean now. */
public final class FailsafePeers {
    private final DatapathLane lane;
    private final Supplier<Set<FailsafeEntry>> known;
    private final Supplier<Set<FailsafeEntry>> resolver;
    private final Reports reports;
    private Set<FailsafeEntry> written = Set.of();
    private String lastTrouble;

    /**
     * @param known the entries that need no asking
     * @param resolver all entries; may ask a name server and wait
     */
    public FailsafePeers(
            DatapathLane lane,
            Supplier<Set<FailsafeEntry>> known,
            Supplier<Set<FailsafeEntry>> resolver,
            Reports reports) {
        this.lane = requireNonNull(lane, "lane is null");
        this.known = requireNonNull(known, "known is null");
        this.resolver = requireNonNull(resolver, "resolver is null");
        this.reports = requireNonNull(reports, "reports is null");
    }

    /** Writes what is known without waiting, into programs that were just loaded. */
    void writeKnown() throws DatapathException {
        write(known.get());
    }

    /** Resolves anew and writes what changed, or everything when programs were just loaded. */
    void refresh(boolean freshlyLoaded) {
        Set<FailsafeEntry> now = resolver.get();
        if (now.equals(written) && !freshlyLoaded) {
            return;
        }
        try {
            write(now);
            lastTrouble = null;
        } catch (DatapathException e) {
            if (!e.getMessage().equals(lastTrouble)) {
                lastTrouble = e.getMessage();
                reports.system(
                        SystemEvent.ERROR,
                        "datapath",
                        "the failsafe set is not written: " + e.getMessage(),
                        "error",
                        Map.of("detail", e.detail()));
            }
        }
    }

    private void write(Set<FailsafeEntry> entries) throws DatapathException {
        boolean isWritten = lane.call(datapath -> {
            if (datapath.running().isEmpty()) {
                return false; // there are no maps yet
            }
            datapath.failsafe(entries);
            return true;
        });
        if (isWritten) {
            written = entries;
        }
    }
}
