package io.aegisflux.segmentation.telemetry.domain;

import java.util.HashMap;
import java.util.Map;

/**
 * Which of its events each host of a partition told last, by the number that it gave it: what is between two that follow each
 * other did not arrive. Begins with what partials told, of whichever reader. For one thread.
 */
public final class EventNumbers {
    /** An agent keeps so many events while its broker is away; a number further back is that of an agent that began anew. */
    private static final long LATE = 10_000;

    private final Map<String, Long> told;
    private final Map<String, Long> read = new HashMap<>();

    /**
     * @param told by all partials; changes as they come
     */
    public EventNumbers(Map<String, Long> told) {
        this.told = told;
    }

    /**
     * Takes an event's number.
     *
     * @param number 0 for an event that has none
     * @return how many events of this host are missing before it; 0 for one that comes late
     */
    long missing(String host, long number) {
        if (number == 0) {
            return 0;
        }
        long last = last(host);
        boolean isAnew = last == 0 || number == 1 || last - number > LATE;
        if (isAnew || number > last) {
            read.put(host, number);
        }
        return isAnew ? 0 : Math.max(0, number - last - 1);
    }

    /** The last number of a host, 0 for none. */
    long last(String host) {
        Long here = read.get(host);
        return here != null ? here : told.getOrDefault(host, 0L);
    }
}
