package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

/**
 * The books of the generation in force and of the one that was before it, of which events may still be under way, or to
 * which the programs may fall back.
 */
record Books(long generation, Book inForce, long generationBefore, Book before) {
    Books {
        requireNonNull(inForce, "inForce is null");
        requireNonNull(before, "before is null");
    }

    static Books only(long generation, Book inForce) {
        return new Books(generation, inForce, 0, Book.EMPTY);
    }

    /** When another generation comes into force, be it a later one or the one before. */
    Books followedBy(long nextGeneration, Book next) {
        return new Books(nextGeneration, next, generation, inForce);
    }

    /** The book of a generation; an empty one when it is neither of the two. */
    Book of(long wanted) {
        return wanted == generation ? inForce : wanted == generationBefore ? before : Book.EMPTY;
    }
}
