package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.FlowRow;
import java.time.Instant;

/** Sums by verdict, and when the last of them was. For one thread. */
final class Figures {
    long allowed;
    long dropped;
    long audited;
    Instant last = Instant.EPOCH;

    void add(FlowRow row) {
        switch (row.verdict()) {
            case ALLOWED -> allowed = Saturating.sum(allowed, row.count());
            case DROPPED -> dropped = Saturating.sum(dropped, row.count());
            case AUDITED -> audited = Saturating.sum(audited, row.count());
        }
        last = row.last().isAfter(last) ? row.last() : last;
    }

    long total() {
        return Saturating.sum(allowed, Saturating.sum(dropped, audited));
    }
}
