package io.aegisflux.segmentation.engine.parsing;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.Optional;

/** A member of the document, and where to say what is wrong with it. */
record Place(JsonPointer pointer, Violations violations) {
    static Place root(Violations violations) {
        return new Place(JsonPointer.empty(), violations);
    }

    Place member(String name) {
        return new Place(pointer.appendProperty(name), violations);
    }

    Place item(int index) {
        return new Place(pointer.appendIndex(index), violations);
    }

    /** Notes a violation; empty, so that a reader can return it. */
    <T> Optional<T> refuse(String reason, String hint) {
        violations.add(pointer, reason, hint);
        return Optional.empty();
    }
}
