package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Requests and answers of {@code segmentation.api.builder.*}. */
public final class BuilderApi {
    /** The service's word in the subjects. */
    public static final String SERVICE = "builder";

    /** An empty request → {@link StatusReply}. */
    public static final String STATUS = "status";

    private static final Set<String> RESULTS = Set.of("completed", "reused", "failed");

    private BuilderApi() {}

    /**
     * {@code status}: of the instance that answers.
     *
     * @param ready whether it can build
     * @param problems what is missing or was left out, with the remedy
     * @param sandbox how its tools are confined, in words
     * @param sandboxed whether they run in namespaces of their own
     * @param trialLoad whether the kernel's verifier sees an object before it is signed, in words
     * @param lastBuild null while it has answered no request
     * @param artifacts the latest of each spec, by whichever instance
     */
    public record StatusReply(
            boolean ready,
            List<String> problems,
            List<Tool> tools,
            String sandbox,
            boolean sandboxed,
            String trialLoad,
            LastBuild lastBuild,
            List<Artifact> artifacts) {
        public StatusReply {
            problems = Frozen.list(problems, "problems");
            tools = Frozen.list(tools, "tools");
            requireNonNull(sandbox, "sandbox is missing");
            requireNonNull(trialLoad, "trial_load is missing");
            artifacts = Frozen.list(artifacts, "artifacts");
        }
    }

    /**
     * A tool of the toolchain.
     *
     * @param path null when there is none
     * @param version its version line, null when there is none
     */
    public record Tool(String name, String path, String version) {
        public Tool {
            requireNonNull(name, "name is missing");
        }
    }

    /**
     * What became of a request.
     *
     * @param result completed, reused or failed
     * @param artifactDigest null when it failed
     * @param reason why it failed, null when it did not
     */
    public record LastBuild(
            BuildSpec spec,
            String result,
            String artifactDigest,
            String reason,
            long durationMillis,
            Instant timestamp) {
        public LastBuild {
            requireNonNull(spec, "spec is missing");
            requireNonNull(result, "result is missing");
            Figures.requireWord(result, RESULTS, "result");
            if (artifactDigest != null) {
                Digests.requireHex(artifactDigest, "artifact_digest");
            }
            Figures.requireCount(durationMillis, "duration_millis");
            requireNonNull(timestamp, "timestamp is missing");
        }
    }

    /** A build in short: its manifest has all of it. */
    public record Artifact(BuildSpec spec, long version, ObjectRef artifact, Instant builtAt) {
        public Artifact {
            requireNonNull(spec, "spec is missing");
            Figures.requireVersion(version);
            requireNonNull(artifact, "artifact is missing");
            requireNonNull(builtAt, "built_at is missing");
        }
    }
}
