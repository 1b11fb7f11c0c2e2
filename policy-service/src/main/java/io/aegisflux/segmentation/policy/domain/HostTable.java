package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Wire;

/**
 * A rule table and its JSON.
 *
 * @param digest SHA-256 of the JSON, lower-case hex
 * @param bytes of the JSON
 */
public record HostTable(RuleTable table, String digest, int bytes) {
    public HostTable {
        requireNonNull(table, "table is null");
        requireNonNull(digest, "digest is null");
    }

    static HostTable of(RuleTable table) {
        byte[] json = Wire.write(table);
        return new HostTable(table, Digests.sha256Hex(json), json.length);
    }
}
