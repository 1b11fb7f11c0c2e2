package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.Canary;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.Quoted;
import io.aegisflux.segmentation.contracts.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a publish is to be rolled out, by the headers {@link PublishHeaders#CANARY} and {@link PublishHeaders#ROLLOUT}. */
public sealed interface Staging {
    /** On all hosts at once. */
    record AtOnce() implements Staging {}

    /** On canary hosts first; over which version is not said here. */
    record Staged(Canary canary) implements Staging {}

    /** The headers cannot be read. */
    record Nonsense(Violation violation) implements Staging {}

    Staging AT_ONCE = new AtOnce();

    /** Reads the headers of a publish. */
    static Staging of(Map<String, List<String>> headers) {
        List<String> canary = HeaderValues.of(headers, PublishHeaders.CANARY);
        List<String> rollout = HeaderValues.of(headers, PublishHeaders.ROLLOUT);
        if (canary.isEmpty() && rollout.isEmpty()) {
            return AT_ONCE;
        }
        try {
            return new Staged(canary(once(canary, PublishHeaders.CANARY, StagingText.SELECTION), rollout));
        } catch (StagingText.Unreadable e) {
            return new Nonsense(e.violation);
        }
    }

    /** What is wrong with the headers. */
    default Optional<Violation> problem() {
        return this instanceof Nonsense(Violation violation) ? Optional.of(violation) : Optional.empty();
    }

    /** How a version over this one is staged; empty when it is not. */
    default Optional<Canary> over(long baseVersion) {
        return this instanceof Staged(Canary canary) ? Optional.of(canary.over(baseVersion)) : Optional.empty();
    }

    private static String once(List<String> values, String header, String hint) {
        if (values.size() != 1) {
            throw new StagingText.Unreadable(
                    values.isEmpty()
                            ? "the header %s is missing beside %s".formatted(header, PublishHeaders.ROLLOUT)
                            : "the header %s stands there %d times".formatted(header, values.size()),
                    hint);
        }
        return values.getFirst().strip();
    }

    private static Canary canary(String selection, List<String> rollout) {
        Map<String, String> terms = rollout.isEmpty()
                ? Map.of()
                : StagingText.pairs(
                        once(rollout, PublishHeaders.ROLLOUT, StagingText.TERMS),
                        PublishHeaders.ROLLOUT,
                        StagingText.TERMS);
        for (String term : terms.keySet()) {
            if (!StagingText.KNOWN.contains(term)) {
                throw new StagingText.Unreadable(
                        "the header %s has the unknown term %s"
                                .formatted(PublishHeaders.ROLLOUT, Quoted.shortened(term)),
                        StagingText.TERMS);
            }
        }
        Integer percent = null;
        Map<String, String> labels = null;
        List<HostId> hosts = null;
        if (StagingText.PERCENT.matcher(selection).matches()) {
            percent = Integer.valueOf(selection.substring(0, selection.length() - 1));
        } else if (selection.startsWith(StagingText.LABEL)) {
            labels = StagingText.pairs(
                    selection.substring(StagingText.LABEL.length()), PublishHeaders.CANARY, StagingText.SELECTION);
        } else if (selection.startsWith(StagingText.HOSTS)) {
            hosts = StagingText.hosts(selection.substring(StagingText.HOSTS.length()));
        } else {
            throw new StagingText.Unreadable(
                    "the header %s is %s".formatted(PublishHeaders.CANARY, Quoted.shortened(selection)),
                    StagingText.SELECTION);
        }
        return new Canary(
                percent,
                labels,
                hosts,
                0,
                StagingText.seconds(terms, "soak", 60, 0),
                StagingText.seconds(terms, "ack", 30, 1),
                StagingText.seconds(terms, "silence", 90, 1),
                StagingText.count(terms, "max-drops", 100),
                StagingText.word(terms, "promote", Canary.AUTO, List.of(Canary.AUTO, Canary.MANUAL)));
    }
}
