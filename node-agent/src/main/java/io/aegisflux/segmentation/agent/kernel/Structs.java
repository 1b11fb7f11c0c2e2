package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.util.Arrays;
import java.util.List;

/**
 * The structures of bpf/maps.h, bpf/conntrack.h and bpf/events.h that cross to the agent, under their names in C; a test holds them to
 * the BTF of the compiled object. Numbers are in the host's byte order, addresses in network order.
 */
final class Structs {
    /** Raised in C and here with any change of these. */
    static final int LAYOUT_VERSION = 5;

    static final int EDITS_MAX = 32;

    static final int BANKS = 2;

    /** Where the kernel takes values of this size; else a smaller power of two ({@link BankSize}). */
    static final int BANK_WORDS = 1 << 21;

    static final int RULES_MAX = 131_072;
    static final int TREES_MAX = 4;
    static final int FLOWS_MAX = 131072;
    static final int OPENING_MAX = 32768;
    static final int INTERFACES_MAX = 64;
    static final int LOCALS_MAX = 1024;
    static final int FAILSAFE_MAX = 1024;
    static final int FAILSAFE_PORTS = 16;
    static final int BOOK_CHUNK_BYTES = 2048;
    static final int BOOK_CHUNKS_MAX = 8192;
    static final int HOOKS = 8;
    static final int VERDICTS = 4;
    static final int REASONS = 16;

    static final StructLayout BOX_TERMS = struct(
            "box_terms",
            JAVA_LONG.withName("low"),
            JAVA_LONG.withName("high"),
            JAVA_LONG.withName("bits"),
            JAVA_LONG.withName("classes"),
            JAVA_INT.withName("argument"),
            JAVA_INT.withName("fate"));
    static final StructLayout BOX4 = box("box4", 2);
    static final StructLayout BOX6 = box("box6", 8);
    static final StructLayout SPACE = struct(
            "space",
            JAVA_INT.withName("trees"),
            words(TREES_MAX).withName("root"),
            JAVA_INT.withName("connect_root"),
            JAVA_INT.withName("boxes"),
            JAVA_INT.withName("edits"),
            JAVA_INT.withName("edit_boxes"),
            words(EDITS_MAX).withName("before"),
            words(2).withName("class_root"),
            words(2).withName("class_words"),
            paddingLayout(4),
            sequenceLayout(2, JAVA_LONG).withName("set_bits"));
    static final StructLayout BANK = struct(
            "bank",
            sequenceLayout(2, SPACE).withName("space"),
            sequenceLayout(BANK_WORDS, JAVA_LONG).withName("word"),
            sequenceLayout(BOX6.byteSize() / 8, JAVA_LONG).withName("beyond"));
    static final StructLayout IDENTITY = struct(
            "identity",
            JAVA_LONG.withName("epoch"),
            JAVA_LONG.withName("revision"),
            JAVA_LONG.withName("table_bytes"),
            JAVA_INT.withName("generation"),
            JAVA_INT.withName("book_bytes"),
            bytes(32).withName("table_digest"),
            bytes(32).withName("artifact_digest"));
    static final StructLayout BOOK_CHUNK =
            struct("book_chunk", bytes(BOOK_CHUNK_BYTES).withName("bytes"));
    static final StructLayout INTERFACE =
            struct("interface", JAVA_LONG.withName("bit"), JAVA_INT.withName("flags"), JAVA_INT.withName("unused"));
    static final StructLayout ADDRESS = struct("address", words(4).withName("word"), JAVA_INT.withName("family"));
    static final StructLayout FAILSAFE_KEY = struct(
            "failsafe_key", JAVA_INT.withName("prefix_length"), JAVA_INT.withName("family"), words(4).withName("peer"));
    static final StructLayout FAILSAFE_PORT = struct(
            "failsafe_port", JAVA_SHORT.withName("port"), JAVA_BYTE.withName("proto"), JAVA_BYTE.withName("unused"));
    static final StructLayout FAILSAFE_VALUE = struct(
            "failsafe_value",
            JAVA_INT.withName("count"),
            sequenceLayout(FAILSAFE_PORTS, FAILSAFE_PORT).withName("port"));
    static final StructLayout RULE_COUNTER = struct(
            "rule_counter", JAVA_LONG.withName("packets"), JAVA_LONG.withName("bytes"), JAVA_LONG.withName("last_hit"));
    static final StructLayout TOTALS = struct(
            "totals",
            sequenceLayout(HOOKS, sequenceLayout(VERDICTS, JAVA_LONG)).withName("packets"),
            sequenceLayout(HOOKS, sequenceLayout(VERDICTS, JAVA_LONG)).withName("bytes"),
            sequenceLayout(REASONS, JAVA_LONG).withName("drops"),
            JAVA_LONG.withName("connections_blocked"),
            JAVA_LONG.withName("events_lost"),
            JAVA_LONG.withName("events"));
    static final StructLayout TRIAL = struct(
            "trial",
            JAVA_INT.withName("verdict"),
            JAVA_INT.withName("reason"),
            JAVA_INT.withName("rule"),
            JAVA_INT.withName("audit"),
            JAVA_INT.withName("mark"),
            JAVA_INT.withName("marked"),
            JAVA_INT.withName("dscp"),
            JAVA_INT.withName("limit"));
    static final StructLayout FLOW_KEY = struct(
            "flow_key",
            words(4).withName("a"),
            words(4).withName("b"),
            JAVA_SHORT.withName("a_port"),
            JAVA_SHORT.withName("b_port"),
            JAVA_BYTE.withName("proto"),
            JAVA_BYTE.withName("family"),
            JAVA_SHORT.withName("unused"));
    static final StructLayout FLOW_VERDICT = struct(
            "flow_verdict",
            JAVA_INT.withName("generation"),
            JAVA_INT.withName("rule"),
            JAVA_INT.withName("audit"),
            JAVA_INT.withName("mark"),
            JAVA_INT.withName("ifindex"),
            JAVA_INT.withName("flags"));
    static final StructLayout FLOW = struct(
            "flow",
            JAVA_LONG.withName("last_seen"),
            sequenceLayout(2, FLOW_VERDICT).withName("verdict"),
            JAVA_BYTE.withName("from_a"),
            JAVA_BYTE.withName("state"),
            JAVA_BYTE.withName("ends"),
            JAVA_BYTE.withName("seen"),
            JAVA_INT.withName("answer"));
    static final StructLayout SETTINGS = struct(
            "settings",
            JAVA_LONG.withName("own_netns_cookie"),
            JAVA_INT.withName("layout"),
            JAVA_INT.withName("bank_words"));
    static final StructLayout EVENT_KEY = struct(
            "event_key",
            words(4).withName("src"),
            words(4).withName("dst"),
            JAVA_INT.withName("generation"),
            JAVA_INT.withName("rule"),
            JAVA_INT.withName("audit"),
            JAVA_INT.withName("ifindex"),
            JAVA_SHORT.withName("sport"),
            JAVA_SHORT.withName("dport"),
            JAVA_BYTE.withName("reason"),
            JAVA_BYTE.withName("verdict"),
            JAVA_BYTE.withName("hook"),
            JAVA_BYTE.withName("direction"),
            JAVA_BYTE.withName("family"),
            JAVA_BYTE.withName("proto"),
            JAVA_BYTE.withName("icmp_type"),
            JAVA_BYTE.withName("icmp_code"));
    static final StructLayout EVENT = struct(
            "event",
            JAVA_LONG.withName("time"),
            EVENT_KEY.withName("key"),
            JAVA_INT.withName("length"),
            JAVA_INT.withName("pid"),
            bytes(16).withName("comm"));
    static final StructLayout REPEATS = struct(
            "repeats",
            JAVA_LONG.withName("first"),
            JAVA_LONG.withName("last"),
            JAVA_LONG.withName("packets"),
            JAVA_LONG.withName("bytes"));
    static final StructLayout TELLING = struct("telling", JAVA_LONG.withName("told"), JAVA_LONG.withName("interval"));

    /** All of them, for the test. */
    static final List<StructLayout> ALL = List.of(
            BOX_TERMS,
            BOX4,
            BOX6,
            SPACE,
            BANK,
            IDENTITY,
            BOOK_CHUNK,
            INTERFACE,
            ADDRESS,
            FAILSAFE_KEY,
            FAILSAFE_PORT,
            FAILSAFE_VALUE,
            RULE_COUNTER,
            TOTALS,
            TRIAL,
            FLOW_KEY,
            FLOW_VERDICT,
            FLOW,
            SETTINGS,
            EVENT_KEY,
            EVENT,
            REPEATS,
            TELLING);

    private Structs() {}

    /** Where a member begins, in bytes. */
    static long offset(StructLayout struct, String member) {
        return struct.byteOffset(PathElement.groupElement(member));
    }

    private static StructLayout box(String name, int addressWords) {
        return struct(
                name,
                words(addressWords).withName("address"),
                words(addressWords).withName("mask"),
                BOX_TERMS.withName("terms"));
    }

    private static MemoryLayout bytes(int count) {
        return sequenceLayout(count, JAVA_BYTE);
    }

    private static MemoryLayout words(int count) {
        return sequenceLayout(count, JAVA_INT);
    }

    /** Ends where C would let it end: at a multiple of its largest alignment. */
    private static StructLayout struct(String name, MemoryLayout... members) {
        StructLayout bare = MemoryLayout.structLayout(members);
        long rest = -bare.byteSize() & (bare.byteAlignment() - 1);
        if (rest == 0) {
            return bare.withName(name);
        }
        MemoryLayout[] padded = Arrays.copyOf(members, members.length + 1);
        padded[members.length] = paddingLayout(rest);
        return MemoryLayout.structLayout(padded).withName(name);
    }
}
