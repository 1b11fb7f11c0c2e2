package io.aegisflux.segmentation.engine.classbench;

import io.aegisflux.segmentation.contracts.NumberRange;
import java.util.List;
import java.util.SplittableRandom;

/** The five kinds of port ranges that the paper finds in real filter sets. */
enum PortClass {
    WILDCARD,
    /** The ports of users. */
    HIGH,
    /** The ports of systems. */
    LOW,
    ARBITRARY_RANGE,
    EXACT_MATCH;

    private static final int FIRST_HIGH = 1024;
    private static final int WIDEST = 5_000;
    private static final int[] SERVICES = {20, 21, 22, 25, 53, 80, 110, 123, 161, 443, 445, 1521, 3306, 5432, 6789, 8080
    };

    /** The ranges of a rule; null for the wildcard. */
    List<NumberRange> ranges(SplittableRandom random) {
        return switch (this) {
            case WILDCARD -> null;
            case HIGH -> List.of(new NumberRange(FIRST_HIGH, 0xFFFF));
            case LOW -> List.of(new NumberRange(0, FIRST_HIGH - 1));
            case ARBITRARY_RANGE -> {
                int low = random.nextInt(0xFFFF);
                yield List.of(new NumberRange(low, Math.min(0xFFFF, low + 1 + random.nextInt(WIDEST))));
            }
            case EXACT_MATCH -> {
                int port = random.nextBoolean() ? SERVICES[random.nextInt(SERVICES.length)] : random.nextInt(0x10000);
                yield List.of(new NumberRange(port, port));
            }
        };
    }
}
