package io.aegisflux.segmentation.builder.clang;

import io.aegisflux.segmentation.contracts.ArtifactManifest.MapInfo;
import io.aegisflux.segmentation.contracts.ArtifactManifest.ProgramInfo;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An object that passed the checks.
 *
 * @param object the file's bytes, never written to
 * @param hostBtf kernel release to minimised BTF
 */
@SuppressWarnings("ArrayRecordComponent")
public record Compiled(
        byte[] object, List<ProgramInfo> programs, List<MapInfo> maps, SortedMap<String, byte[]> hostBtf) {
    public Compiled {
        programs = List.copyOf(programs);
        maps = List.copyOf(maps);
        hostBtf = Collections.unmodifiableSortedMap(new TreeMap<>(hostBtf));
    }
}
