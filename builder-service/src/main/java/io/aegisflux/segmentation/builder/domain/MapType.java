package io.aegisflux.segmentation.builder.domain;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The map types that an object may declare: those that hold data, none that reaches into sockets, tasks or programs. */
public enum MapType {
    HASH(1),
    ARRAY(2),
    PROG_ARRAY(3),
    PERF_EVENT_ARRAY(4),
    PERCPU_HASH(5),
    PERCPU_ARRAY(6),
    LRU_HASH(9),
    LRU_PERCPU_HASH(10),
    LPM_TRIE(11),
    ARRAY_OF_MAPS(12),
    HASH_OF_MAPS(13),
    RINGBUF(27);

    private final int number;

    MapType(int number) {
        this.number = number;
    }

    /** As bpftool writes it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Empty when it is another.
     *
     * @param number of {@code enum bpf_map_type}
     */
    public static Optional<MapType> of(int number) {
        return Stream.of(values()).filter(each -> each.number == number).findFirst();
    }
}
