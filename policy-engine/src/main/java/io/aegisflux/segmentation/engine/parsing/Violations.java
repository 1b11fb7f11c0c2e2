package io.aegisflux.segmentation.engine.parsing;

import com.fasterxml.jackson.core.JsonPointer;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.engine.language.Limits;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one document, up to {@link Limits#VIOLATIONS}. */
final class Violations {
    private final List<Violation> found = new ArrayList<>();

    void add(JsonPointer pointer, String reason, String hint) {
        if (found.size() < Limits.VIOLATIONS) {
            found.add(new Violation(pointer.toString(), reason, hint));
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** Whether looking further would find nothing that could still be listed. */
    boolean isFull() {
        return found.size() >= Limits.VIOLATIONS;
    }

    List<Violation> list() {
        return List.copyOf(found);
    }
}
