package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.Author;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who a publisher says to be, by the header {@link PublishHeaders#AUTHOR}. */
public sealed interface Authorship {
    /** The publisher does not say. */
    record Unsaid() implements Authorship {}

    /** This one. */
    record Claimed(Author author) implements Authorship {}

    /** The header is no author. */
    record Nonsense(Violation violation) implements Authorship {}

    Authorship UNSAID = new Unsaid();

    /** Reads the headers of a publish. */
    static Authorship of(Map<String, List<String>> headers) {
        List<String> values = HeaderValues.of(headers, PublishHeaders.AUTHOR);
        if (values.isEmpty()) {
            return UNSAID;
        }
        if (values.size() > 1) {
            return nonsense("stands there %d times".formatted(values.size()));
        }
        try {
            return new Claimed(new Author(values.getFirst()));
        } catch (IllegalArgumentException e) {
            return nonsense("cannot be read: " + e.getMessage());
        }
    }

    /** What is wrong with the header. */
    default Optional<Violation> problem() {
        return this instanceof Nonsense(Violation violation) ? Optional.of(violation) : Optional.empty();
    }

    /** Null when the publisher does not say. */
    default Author author() {
        return this instanceof Claimed(Author author) ? author : null;
    }

    private static Authorship nonsense(String what) {
        return new Nonsense(new Violation(
                "",
                "the header %s %s".formatted(PublishHeaders.AUTHOR, what),
                "write once who you are, in 1 to %d printable ASCII characters on one line, or leave it out"
                        .formatted(Author.LONGEST)));
    }
}
