package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.nats.PoisonMessageException;

/** Refuses words that no host can mean, before they are kept. Impossible figures the records refuse. */
final class Plausible {
    /** The longest id of a policy; no rule's, address or protocol is longer. */
    private static final int WORD = 128;

    private Plausible() {}

    /**
     * @param word may be null
     */
    static void word(String word, String name) {
        if (word != null && word.length() > WORD) {
            throw new PoisonMessageException("%s has %d characters".formatted(name, word.length()));
        }
    }
}
