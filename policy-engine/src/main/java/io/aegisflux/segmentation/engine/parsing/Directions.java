package io.aegisflux.segmentation.engine.parsing;

import io.aegisflux.segmentation.contracts.Direction;
import java.util.Optional;
import java.util.Set;

/** Sets of directions, which a {@link Direction} is a name for. */
final class Directions {
    private Directions() {}

    static Optional<Direction> intersect(Direction a, Direction b) {
        if (a == Direction.BOTH) {
            return Optional.of(b);
        }
        return b == Direction.BOTH || a == b ? Optional.of(a) : Optional.empty();
    }

    static Direction union(Direction a, Direction b) {
        return a == b ? a : Direction.BOTH;
    }

    /** The name of a set of INGRESS and EGRESS that is not empty. */
    static Direction of(Set<Direction> set) {
        return set.size() == 2 ? Direction.BOTH : set.iterator().next();
    }
}
