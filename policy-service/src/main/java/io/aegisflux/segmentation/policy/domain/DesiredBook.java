package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.HostId;
import java.util.Map;

/** What every host was last told, as the stream tells it. Immutable. */
public record DesiredBook(Map<HostId, DesiredRecord> told) {
    public static final DesiredBook EMPTY = new DesiredBook(Map.of());

    public DesiredBook {
        told = Shards.of(told);
    }

    /** {@link DesiredRecord#NONE} when it was told nothing. */
    public DesiredRecord of(HostId host) {
        return told.getOrDefault(host, DesiredRecord.NONE);
    }

    /** The highest epoch in which a host was told something; 0 when none was. */
    public long epoch() {
        return told.values().stream().mapToLong(DesiredRecord::epoch).max().orElse(0);
    }

    /** With this word, unless a later message of the host's subject is in here. */
    public DesiredBook with(HostId host, Word word) {
        return word.streamSequence() <= of(host).streamSequence() ? this : corrected(host, word);
    }

    /** With this word as the last one of the host's subject, whatever is in here: the stream may have been made anew. */
    public DesiredBook corrected(HostId host, Word word) {
        DesiredRecord known = of(host);
        return put(
                host,
                switch (word) {
                    case Word.Foreign foreign -> known.overwrittenAt(foreign.streamSequence());
                    // An older word of ours that somebody has written there again.
                    case Word.Own(DesiredRecord said)
                    when said.isBelow(known) -> known.overwrittenAt(said.streamSequence());
                    case Word.Own(DesiredRecord said) -> said;
                });
    }

    /** With nothing on the host's subject, where revisions still go on. */
    public DesiredBook emptied(HostId host) {
        return put(host, of(host).overwrittenAt(0));
    }

    private DesiredBook put(HostId host, DesiredRecord record) {
        return new DesiredBook(Shards.of(told).with(host, record));
    }
}
