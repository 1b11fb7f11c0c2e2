package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which version a publisher has seen, by the header {@link PublishHeaders#EXPECTED_VERSION}. */
public sealed interface Expectation {
    /** None: the publish counts whatever holds. */
    record Anything() implements Expectation {}

    /** The latest version, be it a deletion, has this number; 0 for a policy that there never was. */
    record Version(long number) implements Expectation {}

    /** The header is no version. */
    record Nonsense(Violation violation) implements Expectation {}

    Expectation ANYTHING = new Anything();

    /** Reads the headers of a publish. */
    static Expectation of(Map<String, List<String>> headers) {
        List<String> values = HeaderValues.of(headers, PublishHeaders.EXPECTED_VERSION);
        if (values.isEmpty()) {
            return ANYTHING;
        }
        if (values.size() == 1 && values.getFirst().matches("0|[1-9][0-9]{0,17}")) {
            return new Version(Long.parseLong(values.getFirst()));
        }
        return new Nonsense(new Violation(
                "",
                "the header %s is no version".formatted(PublishHeaders.EXPECTED_VERSION),
                "write once the number of the version that you have seen, or 0 for a policy that there never was"));
    }

    /** What is wrong with the header. */
    default Optional<Violation> problem() {
        return this instanceof Nonsense(Violation violation) ? Optional.of(violation) : Optional.empty();
    }

    /** Whether it is met where this is the latest version. */
    default boolean isMetBy(Optional<StoredPolicy> latest) {
        return !(this instanceof Version(long number))
                || number == latest.map(StoredPolicy::version).orElse(0L);
    }
}
