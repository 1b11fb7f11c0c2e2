package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.Verdict;

/** Decisions by verdict. For one thread. */
final class Sums {
    private final long[] decisions = new long[Verdict.values().length];

    void add(Verdict verdict, long count) {
        decisions[verdict.ordinal()] = Saturating.sum(decisions[verdict.ordinal()], count);
    }

    void add(PartialFlows partial) {
        add(Verdict.ALLOWED, partial.allowed());
        add(Verdict.DROPPED, partial.dropped());
        add(Verdict.AUDITED, partial.audited());
    }

    long of(Verdict verdict) {
        return decisions[verdict.ordinal()];
    }
}
