package io.aegisflux.segmentation.cli.command;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.ApiError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Publishes documents one after the other and says what became of each; one that is refused does not hold up the others. */
final class Applying<I, A> {
    private final PublishedDocument.Kind<I> kind;
    private final BiFunction<I, byte[], A> publisher;
    private final Function<A, String> line;
    private final Output output;

    /**
     * @param publisher throws {@link Failure} when the document is refused
     * @param line what to print of one that was accepted
     */
    Applying(
            PublishedDocument.Kind<I> kind,
            BiFunction<I, byte[], A> publisher,
            Function<A, String> line,
            Output output) {
        this.kind = requireNonNull(kind, "kind is null");
        this.publisher = requireNonNull(publisher, "publisher is null");
        this.line = requireNonNull(line, "line is null");
        this.output = requireNonNull(output, "output is null");
    }

    /**
     * What became of one file.
     *
     * @param accepted null when it was refused
     * @param error null when it was accepted
     */
    record Outcome<A>(String file, A accepted, ApiError error) {}

    /** @return the exit code */
    int apply(List<PolicyFiles.Content> contents) {
        List<Outcome<A>> outcomes = new ArrayList<>();
        Map<I, String> seen = new HashMap<>();
        int worst = ExitCode.OK;
        for (PolicyFiles.Content content : contents) {
            try {
                outcomes.add(new Outcome<>(content.name(), publish(content, seen), null));
            } catch (Failure failure) {
                ApiError error = failure.error().orElseThrow(() -> failure);
                outcomes.add(new Outcome<>(content.name(), null, error));
                worst = worst == ExitCode.INTERNAL ? worst : failure.exitCode();
            }
            if (!output.isJson()) {
                print(outcomes.getLast());
            }
        }
        if (output.isJson()) {
            output.json(outcomes);
        }
        return worst;
    }

    private A publish(PolicyFiles.Content content, Map<I, String> seen) {
        PublishedDocument<I> document = PublishedDocument.parse(kind, content.name(), content.bytes(), seen);
        return publisher.apply(document.id(), document.bytes());
    }

    private void print(Outcome<A> outcome) {
        if (outcome.accepted() != null) {
            output.line(line.apply(outcome.accepted()));
        } else {
            Refusal.print(outcome.file(), outcome.error(), output);
        }
    }
}
