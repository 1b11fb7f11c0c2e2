package io.aegisflux.segmentation.cli.bus;

import static java.util.Objects.requireNonNull;

/**
 * How a publish is to be rolled out, as its headers say it.
 *
 * @param canary which hosts get it first
 * @param terms how it goes on; empty for the usual terms
 */
public record Staging(String canary, String terms) {
    public Staging {
        requireNonNull(canary, "canary is null");
        requireNonNull(terms, "terms is null");
    }
}
