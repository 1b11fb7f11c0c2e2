package io.aegisflux.segmentation.builder.domain;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Files by name.
 *
 * @param files their bytes, never written to
 */
public record FileSet(SortedMap<String, byte[]> files) {
    public FileSet {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    public static FileSet of(Map<String, byte[]> files) {
        return new FileSet(new TreeMap<>(files));
    }

    /** SHA-256 over names and bytes in the order of the names, lower-case hex. */
    public String digest() {
        FieldDigest digest = new FieldDigest("files");
        files.forEach((name, bytes) -> digest.text(name).bytes(bytes));
        return digest.hex();
    }
}
