package io.aegisflux.segmentation.builder.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.Quoted;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a spec asks for, once it is understood. */
public sealed interface BuildRequest {
    /**
     * It selects something that can be built.
     *
     * @param spec the wish in the builder's own words, with who asked
     */
    record Granted(Selection selection, BuildSpec spec) implements BuildRequest {}

    /**
     * It selects nothing that is known here.
     *
     * @param spec for the answer; null when its text is not fit to be repeated
     */
    record Refused(BuildSpec spec, String reason) implements BuildRequest {}

    /** Host and service names are of this form; so is whatever else may stand in a spec. */
    Pattern TOKEN = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    /** Looks each word up; no text of the spec goes further than this, but the asker's name when it is one token. */
    static BuildRequest of(BuildSpec spec) {
        requireNonNull(spec, "spec is null");
        Optional<ProgramSet> programSet = ProgramSet.of(spec.programSet());
        if (programSet.isEmpty()) {
            return refused(spec, "program_set", spec.programSet(), words(ProgramSet.values(), ProgramSet::word));
        }
        Optional<Variant> variant = Variant.of(spec.variant());
        if (variant.isEmpty()) {
            return refused(spec, "variant", spec.variant(), words(Variant.values(), Variant::word));
        }
        Optional<Architecture> architecture = Architecture.of(spec.architecture());
        if (architecture.isEmpty()) {
            return refused(spec, "architecture", spec.architecture(), words(Architecture.values(), Architecture::word));
        }
        if (spec.requestedBy() != null && !isToken(spec.requestedBy())) {
            return refused(spec, "requested_by", spec.requestedBy(), "the name of a host or service, or nothing");
        }
        Selection selection = new Selection(programSet.get(), variant.get(), architecture.get());
        return new Granted(selection, selection.spec(spec.requestedBy()));
    }

    private static Refused refused(BuildSpec spec, String member, String value, String known) {
        boolean repeatable = Stream.of(spec.programSet(), spec.variant(), spec.architecture(), spec.requestedBy())
                .allMatch(text -> text == null || isToken(text));
        return new Refused(
                repeatable ? spec : null, "%s is %s: it can be %s".formatted(member, Quoted.shortened(value), known));
    }

    private static <T> String words(T[] values, Function<T, String> word) {
        return Stream.of(values).map(word).collect(Collectors.joining(" or "));
    }

    private static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
    }
}
