package io.aegisflux.segmentation.builder.domain;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The builds that were announced so far. Immutable.
 *
 * @param byInputs by the digest of their inputs; of several the last one announced
 * @param sequence of the last announcement that is in here, 0 before the first
 */
public record KnownBuilds(Map<String, KnownBuild> byInputs, long sequence) {
    public static final KnownBuilds NONE = new KnownBuilds(Map.of(), 0);

    public KnownBuilds {
        byInputs = Map.copyOf(byInputs);
    }

    /** With this one; the stream may tell it a second time. */
    public KnownBuilds with(KnownBuild build, long at) {
        if (at <= sequence) {
            return this;
        }
        Map<String, KnownBuild> next = new HashMap<>(byInputs);
        next.put(build.manifest().inputsDigest(), build);
        return new KnownBuilds(next, at);
    }

    /** With an announcement seen that is not to be trusted. */
    public KnownBuilds past(long at) {
        return at <= sequence ? this : new KnownBuilds(byInputs, at);
    }

    public Optional<KnownBuild> of(String inputsDigest) {
        return Optional.ofNullable(byInputs.get(inputsDigest));
    }

    /** The number of the next distinct build of a selection, from 1. */
    public long nextVersion(Selection selection) {
        return 1
                + byInputs.values().stream()
                        .map(KnownBuild::manifest)
                        .filter(manifest -> selection.isOf(manifest.spec()))
                        .mapToLong(ArtifactManifest::version)
                        .max()
                        .orElse(0);
    }

    /** The highest version of each selection, in the order of their words. */
    public List<ArtifactManifest> latest() {
        Comparator<ArtifactManifest> byVersion = Comparator.comparingLong(ArtifactManifest::version);
        return byInputs.values().stream()
                .map(KnownBuild::manifest)
                .collect(Collectors.toMap(KnownBuilds::words, Function.identity(), BinaryOperator.maxBy(byVersion)))
                .values()
                .stream()
                .sorted(Comparator.comparing(KnownBuilds::words))
                .toList();
    }

    private static String words(ArtifactManifest manifest) {
        return String.join(
                "/",
                manifest.spec().programSet(),
                manifest.spec().variant(),
                manifest.spec().architecture());
    }
}
