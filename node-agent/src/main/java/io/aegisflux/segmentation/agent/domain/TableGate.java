package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.ObjectRef;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Wire;

/** Gets from a proven desired state to the table it means. */
public final class TableGate {
    /** The largest table that is looked at, in bytes of JSON. */
    public static final long MAX_TABLE_BYTES = 32L * 1024 * 1024;

    private TableGate() {}

    /**
     * The table that stands in the state itself.
     *
     * @throws RefusedException when it has not the digest that was signed beside it
     */
    public static RuleTable inline(DesiredState state) throws RefusedException {
        requireDigest(state.tableDigest(), Wire.write(state.table()));
        return state.table();
    }

    /**
     * The object to fetch for a state whose table is not inline.
     *
     * @throws RefusedException when it is larger than what is looked at, or named by another digest than was signed
     */
    public static ObjectRef object(DesiredState state) throws RefusedException {
        ObjectRef object = state.tableObject();
        if (object.size() > MAX_TABLE_BYTES) {
            throw new RefusedException(
                    RefusalCode.TABLE_UNUSABLE,
                    "the table has %d bytes, at most %d are looked at".formatted(object.size(), MAX_TABLE_BYTES));
        }
        if (!object.name().equals(state.tableDigest())) {
            throw new RefusedException(
                    RefusalCode.TABLE_UNUSABLE,
                    "table_object is %s and table_digest %s".formatted(object.name(), state.tableDigest()));
        }
        return object;
    }

    /**
     * Reads the bytes of a table's object.
     *
     * @throws RefusedException when they have another digest than the state names, or are no table
     */
    public static RuleTable read(DesiredState state, byte[] bytes) throws RefusedException {
        requireDigest(state.tableDigest(), bytes);
        try {
            return Wire.read(bytes, RuleTable.class);
        } catch (MalformedMessageException e) {
            throw new RefusedException(RefusalCode.TABLE_UNUSABLE, e.getMessage());
        }
    }

    private static void requireDigest(String wanted, byte[] bytes) throws RefusedException {
        String found = Digests.sha256Hex(bytes);
        if (!found.equals(wanted)) {
            throw new RefusedException(
                    RefusalCode.TABLE_UNUSABLE, "the table's digest is %s, signed is %s".formatted(found, wanted));
        }
    }
}
