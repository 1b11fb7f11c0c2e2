package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the headers of a publish say beside its document.
 *
 * @param expectation the version that it is to follow
 * @param staging how it is to be rolled out
 * @param authorship who publishes it
 */
public record PublishTerms(Expectation expectation, Staging staging, Authorship authorship) {
    public PublishTerms {
        requireNonNull(expectation, "expectation is null");
        requireNonNull(staging, "staging is null");
        requireNonNull(authorship, "authorship is null");
    }

    /** Reads the headers. */
    public static PublishTerms of(Map<String, List<String>> headers) {
        return new PublishTerms(Expectation.of(headers), Staging.of(headers), Authorship.of(headers));
    }

    /** What is wrong with the headers. */
    Optional<Violation> problem() {
        return expectation.problem().or(staging::problem).or(authorship::problem);
    }
}
