package io.aegisflux.segmentation.builder.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.ArtifactManifest.ProgramInfo;
import java.util.List;

/**
 * What an object file for the BPF machine holds.
 *
 * @param size of the file in bytes
 * @param license the text of its license section, empty when there is none
 */
public record BpfObject(
        long size, String license, List<Section> sections, List<ProgramInfo> programs, List<DeclaredMap> maps) {
    public BpfObject {
        requireNonNull(license, "license is null");
        sections = List.copyOf(sections);
        programs = List.copyOf(programs);
        maps = List.copyOf(maps);
    }

    /**
     * A section of the file.
     *
     * @param loaded whether it becomes part of programs or maps
     * @param size in bytes
     * @param inFunctions how many of its bytes belong to functions; 0 for one that is not code
     */
    public record Section(String name, boolean loaded, boolean code, long size, long inFunctions) {
        public Section {
            requireNonNull(name, "name is null");
        }
    }

    /**
     * A map as its BTF declares it.
     *
     * @param type number of {@code enum bpf_map_type}
     * @param pinning number of {@code enum libbpf_pin_type}, 0 for none
     */
    public record DeclaredMap(String name, int type, long keySize, long valueSize, long maxEntries, int pinning) {
        public DeclaredMap {
            requireNonNull(name, "name is null");
        }
    }
}
