package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.outcome.Failure;
import java.util.regex.Pattern;

/** Checks a subject before it meets the protocol, where a blank would end it. */
final class SubjectText {
    private static final Pattern TOKENS = Pattern.compile("[^\\s.\\p{Cc}]+(\\.[^\\s.\\p{Cc}]+)*");
    private static final Pattern WILDCARD = Pattern.compile("(.*\\.)?[*>](\\..*)?");

    private SubjectText() {}

    /**
     * To publish to: no wildcards.
     *
     * @throws Failure of the usage kind
     */
    static String concrete(String subject) {
        if (WILDCARD.matcher(pattern(subject)).matches()) {
            throw Failure.usage(
                    "nothing can be published to %s: it holds a wildcard".formatted(subject),
                    "name one subject, e.g. segmentation.policies.web-db");
        }
        return subject;
    }

    /**
     * To listen to.
     *
     * @throws Failure of the usage kind
     */
    static String pattern(String subject) {
        if (!TOKENS.matcher(subject).matches()) {
            throw Failure.usage(
                    "'%s' is not a subject".formatted(subject),
                    "write tokens with dots between them and no blanks, e.g. 'segmentation.events.*'");
        }
        return subject;
    }
}
