package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What an artifact is: the payload of the {@link SignedEnvelope} in a {@link BuildCompleted}.
 *
 * @param artifact the object file in {@link Streams#ARTIFACTS_BUCKET}, named by its SHA-256
 * @param version counts the distinct builds of a spec from 1
 * @param inputsDigest SHA-256 over sources, flags, tool versions and BTF: the same inputs are never compiled twice
 * @param sourcesDigest SHA-256 over the C sources
 * @param tools tool name to its version line
 * @param programs the program sections, by name
 * @param maps the maps
 * @param hostBtf kernel release to the minimised BTF of a kernel that has none of its own, as much of it as this artifact
 *     needs to be loaded there; an object of the same bucket; empty when none was supplied
 */
public record ArtifactManifest(
        BuildSpec spec,
        ObjectRef artifact,
        long version,
        String inputsDigest,
        String sourcesDigest,
        Map<String, String> tools,
        List<ProgramInfo> programs,
        List<MapInfo> maps,
        Map<String, ObjectRef> hostBtf,
        Instant builtAt) {

    /** Under which key of the object's metadata the signed manifest stands, as base64 of JSON. */
    public static final String METADATA_KEY = "manifest";

    public ArtifactManifest {
        requireNonNull(spec, "spec is missing");
        requireNonNull(artifact, "artifact is missing");
        Digests.requireHex(inputsDigest, "inputs_digest");
        Digests.requireHex(sourcesDigest, "sources_digest");
        requireNonNull(tools, "tools is missing");
        requireNonNull(builtAt, "built_at is missing");
        Figures.requireVersion(version);
        tools = Frozen.map(tools);
        programs = Frozen.list(programs, "programs");
        maps = Frozen.list(maps, "maps");
        hostBtf = Frozen.map(hostBtf);
    }

    /** A program: its function's name, its ELF section and its number of instructions. */
    public record ProgramInfo(String name, String section, int instructions) {
        public ProgramInfo {
            requireNonNull(name, "name is missing");
            requireNonNull(section, "section is missing");
            Figures.requireCount(instructions, "instructions");
        }
    }

    /** A map as its BTF declares it. */
    public record MapInfo(String name, String type, int keySize, int valueSize, int maxEntries) {
        public MapInfo {
            requireNonNull(name, "name is missing");
            requireNonNull(type, "type is missing");
            Figures.requireCount(keySize, "key_size");
            Figures.requireCount(valueSize, "value_size");
            Figures.requireCount(maxEntries, "max_entries");
        }
    }
}
