package io.aegisflux.segmentation.agent.kernel;

/**
 * The books of the generation in force and of the one before, of which events may still be under way.
 *
 * @param generation of {@code inForce}
 */
record Books(long generation, Book inForce, Book before) {
    static final Books NONE = new Books(0, Book.EMPTY, Book.EMPTY);

    Books next(long nextGeneration, Book next) {
        return new Books(nextGeneration, next, inForce);
    }

    /** The book of a generation; an empty one when it is neither of the two. */
    Book of(long wanted) {
        return wanted == generation ? inForce : wanted == generation - 1 ? before : Book.EMPTY;
    }
}
